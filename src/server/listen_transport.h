// A non-blocking socket, plain or with TLS, and what waits to be sent through it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/listen_tls.h"

namespace server {

class Transport {
 public:
  // Does not own `socket`. `tls` may be null.
  Transport(int socket, std::unique_ptr<TlsSession> tls) : socket_(socket), tls_(std::move(tls)) {}

  [[nodiscard]] bool secure() const { return tls_ != nullptr; }
  // `some`: done, or there is no TLS.
  [[nodiscard]] Moved handshake() { return tls_ ? tls_->handshake() : Moved::some; }
  [[nodiscard]] Transfer receive(std::span<char> to);
  // Receives and forgets, beneath TLS.
  [[nodiscard]] Transfer discard(std::span<char> scratch);

  // Sends `bytes` behind what waits already. `some`: all is sent; `blocked`: the rest waits for flush().
  [[nodiscard]] Moved send(std::string_view bytes);
  // Sends what waits. `progressed` tells whether the socket took any of it.
  [[nodiscard]] Moved flush(bool& progressed);
  [[nodiscard]] std::size_t waiting() const { return pending_.size() - sent_; }
  void forget_waiting();

  // What the client has not taken yet of what the kernel has of ours. The kernel says "writable" only when about a
  // third of its buffer is free, so this is how a slow reader's progress shows.
  [[nodiscard]] int untaken() const;

  // Nothing more will be sent.
  void finish();
  // The coming close will reset the connection, so that nobody takes it for a regular end.
  void abort();

 private:
  [[nodiscard]] Transfer send_some(std::string_view bytes);

  const int socket_;
  const std::unique_ptr<TlsSession> tls_;
  std::string pending_;  // from sent_ on
  std::size_t sent_ = 0;
};

}  // namespace server
