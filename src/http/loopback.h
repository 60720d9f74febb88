// Whether a client is on the server's own machine, and means it.
#pragma once

#include "http/request.h"

namespace http {

// The peer's address is a loopback one, and the Host header names localhost or a loopback address: a web page whose
// name was rebound to loopback (DNS rebinding) sends its own name, a page of another server on this machine its own
// Origin, and a proxy on this machine tells for whom it asks.
[[nodiscard]] bool is_local(const Request& request);

}  // namespace http
