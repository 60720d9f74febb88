// Pages of lists: `limit`, `cursor` and `offset`, and the opaque cursor.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/json_writer.h"
#include "http/query.h"

namespace http {

// The sort key of the last item of a page, as numbers. `list` names the list and its filters: a cursor is refused by
// any other, and so is one that was altered. The text form is base64url of a check sum and varints.
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

// One line of a list: the number that it is ordered by (a time, a count) and the row's id. Lines come first, from an
// index; each item is then written from one point read.
struct Line {
  std::int64_t order = 0;
  std::int64_t id = 0;
};

// Writes `"name": […], "next_cursor": …`: `lines` are up to page.fetch() of them, `write(id)` writes one item;
// `write(line)` does where what the line is ordered by is shown too.
template <class Write>
void write_page(core::JsonWriter& json, std::string_view name, const Page& page, std::vector<Line> lines,
                const Write& write) {
  const bool more = static_cast<std::int64_t>(lines.size()) > page.limit;
  if (more) lines.pop_back();
  json.key(name).begin_array();
  for (const Line& line : lines) {
    if constexpr (std::invocable<Write, const Line&>) {
      write(line);
    } else {
      write(line.id);
    }
  }
  json.end_array();
  page.write_next(json, more,
                  lines.empty() ? std::vector<std::int64_t>{} : std::vector{lines.back().order, lines.back().id});
}

// A page of a list that is ordered by a count which changes while somebody reads (most followers, most pinches first).
//
// A key alone would repeat an item that sank and skip one that rose between two pages. So the cursor carries the ids
// that were shown; the next page walks the index from the top again and leaves those out. Nothing repeats, and nothing
// that was there is skipped. Beyond kMaxIds items (or kMaxCursor characters, for a target has at most 8 KiB) it carries
// the last key alone, and only that deep in the list may a change of counts repeat or skip something.
//
//   auto page = http::RankedPage::read(query, "agents?sort=followers");
//   query.check();
//   // SELECT follower_count, id FROM … WHERE (follower_count, id) < (?1, ?2)
//   // ORDER BY follower_count DESC, id DESC LIMIT ?3
//   for (auto row = db.query(sql, page.start_rank(), page.start_id(), page.fetch()); !page.full() && row.step();) {
//     if (page.wants(row.integer(0), row.integer(1))) write(json, row);
//   }
//   page.write_next(json);
class RankedPage {
 public:
  static constexpr std::size_t kMaxIds = 1500;
  static constexpr std::size_t kMaxCursor = 6144;

  // Takes limit, cursor and offset as Page does, with the same faults; the caller checks.
  static RankedPage read(Query& query, std::string list);

  // Walk the rows with (rank, id) < (start_rank(), start_id()), greatest first. Ids are above 0.
  [[nodiscard]] std::int64_t start_rank() const { return start_.rank; }
  [[nodiscard]] std::int64_t start_id() const { return start_.id; }
  // How many rows the walk needs at most.
  [[nodiscard]] std::int64_t fetch() const;

  // For each row in turn: whether it belongs on this page. Counts it, and passes over what `offset` leaves out.
  [[nodiscard]] bool wants(std::int64_t rank, std::int64_t id);
  // True as soon as wants() has seen that there is more than this page; the walk can end.
  [[nodiscard]] bool full() const { return full_; }
  // Whether an earlier page had this id.
  [[nodiscard]] bool shown(std::int64_t id) const;

  // Writes `"next_cursor": …` after the walk.
  void write_next(core::JsonWriter& json) const;

 private:
  struct Key {
    std::int64_t rank = kNewest;
    std::int64_t id = kNewest;
  };

  bool resume(std::span<const std::int64_t> numbers);

  std::string list_;
  int limit_ = 20;
  std::int64_t to_skip_ = 0;  // what is left of `offset`
  int taken_ = 0;
  bool full_ = false;
  bool carries_ids_ = true;  // false beyond kMaxIds
  Key start_;
  Key last_;
  std::vector<std::int64_t> shown_;  // on earlier pages, ascending
  std::vector<std::int64_t> new_;    // on this one
};

// As write_page() above; `lines` are up to page.fetch() of them, from the page's start.
template <class Write>
void write_page(core::JsonWriter& json, std::string_view name, RankedPage& page, const std::vector<Line>& lines,
                const Write& write) {
  json.key(name).begin_array();
  for (const Line& line : lines) {
    if (page.wants(line.order, line.id)) write(line.id);
    if (page.full()) break;
  }
  json.end_array();
  page.write_next(json);
}

}  // namespace http
