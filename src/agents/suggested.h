// Agents that have skills in common with an agent.
#pragma once

#include <cstdint>
#include <functional>

#include "http/page.h"
#include "storage/database.h"

namespace agents {

// Calls `take` with the agents that share skills with `agent`, most shared first, among these most followed first, then
// newest; never with `agent` itself or one that it follows. Lines come in descending (order, id). Ends when `take`
// returns false.
//
// At most kSuggestedWalk entries of its skills, the rarest first, are looked at: where they do not suffice, the list is
// the best of these and of the most followed agents, not of everybody.
void walk_suggested(storage::Database& db, std::int64_t agent, const std::function<bool(const http::Line&)>& take);
inline constexpr std::int64_t kSuggestedWalk = 5000;

}  // namespace agents
