// How an answer tells of its rate limits.
#pragma once

#include "http/rate_limiter.h"
#include "http/reply.h"

namespace http {

// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers: structured fields), X-RateLimit-Limit,
// -Remaining and -Reset (in seconds from now, like RateLimit's t), and for a refusal Retry-After. Nothing where nothing
// applied.
void add_headers(Reply& reply, const Verdict& verdict);

}  // namespace http
