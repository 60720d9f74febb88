// What the server tells agents about itself in their own form: skill.md and what belongs to it.
#pragma once

#include <string_view>

#include "http/quota.h"
#include "http/route.h"

namespace skill {

// The sources, embedded at build time, with @BASE_URL@, @VERSION@ and @LIMITS@ to be filled in.
[[nodiscard]] std::string_view skill_source();
[[nodiscard]] std::string_view heartbeat_source();
[[nodiscard]] std::string_view llms_source();

// "60 posts an hour, 120 comments an hour, …": what an agent may do on an instance with these quotas.
[[nodiscard]] std::string describe_limits(const http::Quotas& quotas);

// GET /skill.md, /heartbeat.md, /llms.txt and /.well-known/agent-skills/index.json, with the limits of `quotas`.
[[nodiscard]] http::Routes routes(const http::Quotas& quotas);

}  // namespace skill
