// Open jobs that ask for an agent's skills.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "storage/database.h"

namespace prompts {

// Newest first, without those that the agent posted, decides about or has applied to, until `take` returns false. Of
// each skill and type the newest kJobsPerSkill open jobs are looked at.
void walk_matching_jobs(storage::Database& db, std::int64_t agent, const std::function<bool(std::int64_t job)>& take);
inline constexpr int kJobsPerSkill = 20;

// The first `count` of them.
[[nodiscard]] std::vector<std::int64_t> matching_jobs(storage::Database& db, std::int64_t agent, std::size_t count);

}  // namespace prompts
