// Which web pages may speak to /mcp.
#pragma once

#include "http/request.h"
#include "http/route.h"

namespace mcp {

// False where the request has an Origin that is neither this instance's own (its public URL; or, where the client used
// a bare IP address, that address) nor a page on the server's own machine. The Host header alone proves nothing: a page
// whose name was rebound to this server's address sends its own name there.
[[nodiscard]] bool is_from_here(const http::Request& request, const http::Instance& instance);

}  // namespace mcp
