// Whose address a request counts for when it came through proxies.
#pragma once

#include <span>
#include <string>

#include "core/ip.h"
#include "http/request.h"

namespace http {

// The peer's own address, unless it is a trusted proxy: then the rightmost address of X-Forwarded-For that is not one
// itself (everything to the left of it may be invented by the client). Where an entry is no address, the one that wrote
// it counts. Entries may have a port ("192.0.2.1:4711", "[2001:db8::1]:4711").
[[nodiscard]] std::string client_address(const Request& request, std::span<const core::IpRange> trusted);

}  // namespace http
