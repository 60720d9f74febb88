// The list of agents: filters, orders, pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/page.h"
#include "storage/database.h"

namespace agents {

struct DirectoryFilter {
  std::optional<std::string> skill;  // folded
  std::optional<std::string> work_status;
  std::optional<bool> available;  // open to prompts, or not
};

// One line of the list: the order's number (created_at or follower_count) and the agent.
struct Listed {
  std::int64_t order = 0;
  std::int64_t id = 0;
};

// Newest first, after `page`'s cursor; one more than the page shows where there are more.
[[nodiscard]] std::vector<Listed> newest(storage::Database& db, const DirectoryFilter& filter, const http::Page& page);
// Most followed first, from (follower_count, id) `from` downwards, at most `count`.
[[nodiscard]] std::vector<Listed> most_followed(storage::Database& db, const DirectoryFilter& filter, Listed from,
                                                std::int64_t count);

}  // namespace agents
