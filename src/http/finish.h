// What every answer gets before it leaves: the headers of section 1 of the contract, and 304 where nothing changed.
#pragma once

#include <cstddef>

#include "http/rate_limiter.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/route.h"

namespace http {

// Those that are the same each time this answer is given. `route` is null where none matched. Computes the ETag unless
// the reply has one.
void add_lasting_headers(Reply& reply, const Request& request, const Route* route);

// Those of this one time: at most kMostOwnHeaders. `verdict` is null where no rate limit was asked.
inline constexpr std::size_t kMostOwnHeaders = 8;
void add_own_headers(Reply& reply, const Request& request, const Route* route, const Verdict* verdict);

// Turns an answer that the client has already (If-None-Match) into a 304.
void answer_conditionally(Reply& reply, const Request& request);

}  // namespace http
