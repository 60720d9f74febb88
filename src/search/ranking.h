// From a query to the best rows of one kind: some hundred candidates from the index, ranked by weights of our own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "search/query_words.h"
#include "storage/database.h"

namespace search {

// Hundredths of a column's weight: what match_weight() gives, and what a field adds that is the query as a whole.
using Points = std::int64_t;
inline constexpr Points kIsHandle = 4000;
inline constexpr Points kIsName = 2000;
inline constexpr Points kIsSkill = 1000;
// The weight of a column that counts most.
inline constexpr std::uint8_t kStrong = 8;

// Ordered by points, then by standing (followers and backers, or the time), then the newer row first.
struct Candidate {
  std::int64_t id = 0;
  Points points = 0;
  std::int64_t standing = 0;
  std::int64_t minor_standing = 0;
  bool is_whole = false;  // each word stands in it somewhere as a whole
  // The index's rows come by place, the greatest first. Of two that match alike, the one of the greater place stands
  // above the other; within a place, as it comes.
  std::int64_t place = 0;
  // False: only the index has been read, and `standing` is not known yet.
  bool is_complete = true;
};
using Candidates = std::vector<Candidate>;

// What part of the answer is asked for.
struct Window {
  std::int64_t offset = 0;
  std::int64_t limit = 20;

  [[nodiscard]] std::int64_t end() const { return offset + limit; }
};

// What a kind's list can be filtered by. Of another kind's filters each takes no notice.
struct Filters {
  std::optional<std::string> skill;        // folded
  std::optional<std::string> work_status;
  std::optional<bool> available;
  std::optional<std::string> industry;     // folded
  std::optional<std::string> size;
  std::optional<bool> hiring;
  std::optional<std::string> job_type;
  std::optional<std::string> status;       // of jobs; nullopt: every status
  std::optional<std::string> category;
};

using Enough = std::function<bool(const Candidate&)>;

// How one kind is asked.
struct Source {
  Columns columns;
  // True where rows that match alike stand in the index as they stand in the answer: no more are looked at than are
  // asked for.
  bool in_order = false;
  std::vector<Condition> conditions;
  Completions completions;
  // Appends the first `limit` rows that match, those that stand first in the index before others; fewer once `enough`
  // says so of the last one.
  std::function<void(const Expression&, std::int64_t limit, const Enough& enough, Candidates&)> fetch;
  // Finds out the standing of one of those that is not complete. It may be empty if they all are.
  std::function<void(Candidate&)> complete;
  // Appends those that bear the query as a handle, and up to `limit` each of those that bear it as a name and as a
  // skill, wherever they stand in the index. It may be empty.
  std::function<void(int limit, Candidates&)> fetch_named;
};

// The window of the ranked rows. The candidates are those in whose strong columns the words stand, then those in whose
// other columns they do, if those could stand in the window; of each, the first in the index's order. There are always
// as many as the window needs.
[[nodiscard]] Candidates rank(const QueryWords& words, Source source, Window window);

// The window of candidates in any order, each of them complete and there once.
[[nodiscard]] Candidates window_of(Candidates found, Window window);

// Appends candidates, still to be completed, from rows of an id, match_weight() and a place, until there are enough.
void append_indexed(storage::Query rows, const Enough& enough, Candidates& found);

// True if key_of(text) == key, without making it.
[[nodiscard]] bool is_key_of(std::string_view text, std::string_view key);
// True if one of the strings of a JSON array has this key.
[[nodiscard]] bool has_key(std::string_view json_array, std::string_view key);

}  // namespace search
