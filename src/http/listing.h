// Lines of a list from rows and walks, and the answer that has nothing but one page of it.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json_writer.h"
#include "http/page.h"
#include "http/reply.h"
#include "storage/database.h"

namespace http {

// The first two columns of each row.
[[nodiscard]] std::vector<Line> lines_of(storage::Query rows);
// The same, behind what `lines` has.
void append(std::vector<Line>& lines, storage::Query rows);
// Puts the lines of several walks in one order, greatest first, leaves `offset` of them out at the beginning and what
// is beyond `count` at the end.
void merge(std::vector<Line>& lines, std::int64_t count, std::int64_t offset = 0);
// With the page's offset and page.fetch().
void merge(std::vector<Line>& lines, const Page& page);

// {"NAME": […], "next_cursor": …}; `write(json, line)` writes one item.
template <class Write>
[[nodiscard]] Reply list_reply(std::string_view name, const Page& page, std::vector<Line> lines, const Write& write) {
  core::JsonWriter json(8 * 1024);
  json.begin_object();
  write_page(json, name, page, std::move(lines), [&](const Line& line) { write(json, line); });
  json.end_object();
  return ok(json);
}

}  // namespace http
