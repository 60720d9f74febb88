// Open jobs that ask for an agent's skills.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/database.h"

namespace prompts {

// Newest first, at most `count`, without those that the agent posted, decides about or has applied to. Of each skill
// the newest kJobsPerSkill open jobs are looked at.
[[nodiscard]] std::vector<std::int64_t> matching_jobs(storage::Database& db, std::int64_t agent, std::size_t count);
inline constexpr int kJobsPerSkill = 20;

}  // namespace prompts
