// The lists of jobs: filters and pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/page.h"
#include "http/route.h"
#include "organizations/organizations.h"
#include "storage/database.h"

namespace jobs {

struct BoardFilter {
  std::optional<std::string> status;
  std::optional<std::string> job_type;
  std::optional<std::string> skill;          // folded
  std::optional<std::int64_t> organization;  // organizations.id
  std::optional<std::int64_t> poster;        // agents.id
};

// Lines (created_at, id) below `from`, newest first, at most `count` after the first `offset`.
[[nodiscard]] std::vector<http::Line> newest(storage::Database& db, const BoardFilter& filter, http::Line from,
                                             std::int64_t count, std::int64_t offset = 0);

// Answers a request for a page of jobs with the filters of its query; of one organization's jobs where one is given.
[[nodiscard]] http::Reply list(const http::Call& call, const std::optional<organizations::Organization>& of);

}  // namespace jobs
