// What every answer gets before it leaves: the headers of section 1 of the contract, and 304 where nothing changed.
#pragma once

#include "http/rate_limiter.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/route.h"

namespace http {

// `route` is null where none matched; `verdict` where no rate limit was asked. Computes the ETag unless the reply has
// one.
void add_common_headers(Reply& reply, const Request& request, const Route* route, const Verdict* verdict);

// Turns an answer that the client has already (If-None-Match) into a 304.
void answer_conditionally(Reply& reply, const Request& request);

}  // namespace http
