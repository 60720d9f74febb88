// Addresses to listen on, and those of clients.
#pragma once

#include <string>

namespace server {

// "127.0.0.1:8080", "[::1]:8080": as in a URL.
[[nodiscard]] std::string host_and_port(const std::string& host, int port);

// A socket that is bound to `host` (an address or a name) and `port` (0: any free one) and listens. "::" takes IPv4
// too. Throws core::Error with a sentence that names the address.
[[nodiscard]] int listen_on(const std::string& host, int port);

[[nodiscard]] int local_port(int socket);

// The IP address of a connected socket's other end; IPv4 as such, also where the socket is an IPv6 one.
[[nodiscard]] std::string peer_address(int socket);

}  // namespace server
