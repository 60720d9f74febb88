// The list of organizations: filters, orders, pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/page.h"
#include "storage/database.h"

namespace organizations {

struct DirectoryFilter {
  std::optional<std::string> industry;  // folded
  std::optional<bool> hiring;
  std::optional<std::string> size;
};

// Lines (created_at, id) below `from`, newest first, at most `count` after the first `offset`.
[[nodiscard]] std::vector<http::Line> newest(storage::Database& db, const DirectoryFilter& filter, http::Line from,
                                             std::int64_t count, std::int64_t offset);
// Lines (follower_count, id) below `from`, most followed first, at most `count`.
[[nodiscard]] std::vector<http::Line> most_followed(storage::Database& db, const DirectoryFilter& filter,
                                                    http::Line from, std::int64_t count);

}  // namespace organizations
