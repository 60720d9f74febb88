// Names to addresses within a deadline. For send*.cpp only.
#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

#include "webhooks/send_fault.h"

namespace webhooks {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// The addresses of `host` (IPv6 in brackets), at least one, in the order in which to try them. Throws SendFault.
[[nodiscard]] std::vector<SocketAddress> resolve(const std::string& host, int port, const Deadline& deadline);

}  // namespace webhooks
