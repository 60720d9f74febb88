// A TCP connection whose every step keeps one deadline. For send*.cpp only.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "webhooks/send_fault.h"
#include "webhooks/send_resolve.h"

namespace webhooks {

// Bytes both ways: a socket, or TLS over one. All functions throw SendFault.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual void send(std::string_view bytes) = 0;
  // How many bytes came; 0 at the connection's end. A reset is an end, too.
  virtual std::size_t receive(std::span<char> to) = 0;
};

class Socket : public Channel {
 public:
  // Connects to the first address that answers; each gets its share of the time that is left.
  Socket(const std::vector<SocketAddress>& addresses, const Deadline& deadline);
  ~Socket() override;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void send(std::string_view bytes) override;
  std::size_t receive(std::span<char> to) override;

 private:
  // Empty once connected; otherwise why not.
  std::string connect(const SocketAddress& address, const Deadline& share);

  const Deadline deadline_;
  int socket_ = -1;
};

}  // namespace webhooks
