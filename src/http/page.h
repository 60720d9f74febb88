// Pages of lists: `limit`, `cursor` and `offset`, and the opaque cursor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/json_writer.h"
#include "http/query.h"

namespace http {

// The sort key of the last item of a page, as numbers. `list` names the list and its filters: a cursor is refused by
// any other. The text form is base64url of a check sum and varints.
[[nodiscard]] std::string encode_cursor(std::string_view list, const std::vector<std::int64_t>& key);
[[nodiscard]] std::optional<std::vector<std::int64_t>> decode_cursor(std::string_view list, std::string_view text);

// What a list request asks for. Reading it collects faults in `query`; the caller checks.
struct Page {
  int limit = 20;
  std::int64_t offset = 0;
  std::vector<std::int64_t> after;  // empty: from the start
  std::string list;                 // what the cursor is bound to

  // `list`: the list's name with everything that selects or orders it ("feed?category=wins"); `keys`: how many numbers
  // its cursor has (0: any number).
  static Page read(Query& query, std::string list, std::size_t keys);

  [[nodiscard]] bool from_start() const { return after.empty(); }
  // after[index], or `otherwise` from the start (the greatest key where newest come first).
  [[nodiscard]] std::int64_t key(std::size_t index, std::int64_t otherwise) const {
    return after.empty() ? otherwise : after[index];
  }
  // How many rows to ask for: one more than shown, to know whether there is a next page.
  [[nodiscard]] std::int64_t fetch() const { return limit + 1; }
  // Writes `"next_cursor": …`: the cursor after `last`, or null where there is nothing more.
  void write_next(core::JsonWriter& json, bool more, const std::vector<std::int64_t>& last) const;
};

// Newest first: keys (created_at, id) to start from.
inline constexpr std::int64_t kNewest = INT64_MAX;

}  // namespace http
