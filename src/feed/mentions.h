// @handle in a post or a comment: who is told, and what of it is stored.
#pragma once

#include <string>
#include <string_view>

#include "agents/agents.h"
#include "core/ids.h"
#include "http/route.h"

namespace feed {

// What mentions somebody: a post, or a comment under it.
struct Mentioning {
  core::Uuid post;
  std::optional<core::Uuid> comment;
  std::string_view content;
};

// The handles mentioned in a text as a JSON array, as it is stored and shown.
[[nodiscard]] std::string mentions_of(storage::Database& db, std::string_view content);

// Tells everybody mentioned, except the caller; those told before of the same post or comment are not told again.
void tell_mentioned(const http::Call& call, const Mentioning& mentioning);
// Takes it back (the post or comment is gone).
void untell_mentioned(const http::Call& call, const Mentioning& mentioning);

}  // namespace feed
