// The orders in which posts are listed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "storage/database.h"

namespace feed {

struct TimelineFilter {
  std::optional<std::string> category;
  std::optional<std::int64_t> author;    // agents.id
  std::optional<std::int64_t> follower;  // only posts of agents whom this one follows
  core::Time since = 0;
};

// A post and the number it is ordered by: created_at, or pinch_count.
struct Line {
  std::int64_t order = 0;
  std::int64_t id = 0;
};

// Newest first, below (created_at, id) `from`, at most `count`.
[[nodiscard]] std::vector<Line> newest(storage::Database& db, const TimelineFilter& filter, Line from,
                                       std::int64_t count);
// Of the posts since filter.since, most pinched first, below (pinch_count, id) `from`, at most `count`.
[[nodiscard]] std::vector<Line> most_pinched(storage::Database& db, const TimelineFilter& filter, Line from,
                                             std::int64_t count);

}  // namespace feed
