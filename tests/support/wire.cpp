#include "support/wire.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace support {
namespace {

constexpr std::string_view kLength = "Content-Length: ";

int connect_to(int port, bool ipv6, int receive_buffer) {
  const int socket = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  int result = -1;
  if (ipv6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(static_cast<std::uint16_t>(port));
    address.sin6_addr = in6addr_loopback;
    result = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    result = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  if (result == 0) return socket;
  ::close(socket);
  throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
}

}  // namespace

Wire::Wire(int port, bool tls, bool ipv6, int receive_buffer) : socket_(connect_to(port, ipv6, receive_buffer)) {
  if (!tls) return;
  context_ = SSL_CTX_new(TLS_client_method());
  session_ = SSL_new(context_);
  SSL_set_fd(session_, socket_);
  if (SSL_connect(session_) != 1) throw std::runtime_error("TLS handshake failed");
}

Wire::~Wire() {
  SSL_free(session_);
  SSL_CTX_free(context_);
  if (socket_ >= 0) ::close(socket_);
}

Wire::Wire(Wire&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      context_(std::exchange(other.context_, nullptr)),
      session_(std::exchange(other.session_, nullptr)),
      kept_(std::move(other.kept_)) {}

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = session_ != nullptr ? SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()))
                                          : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string Wire::receive(std::int64_t wait_ms) {
  if (!kept_.empty()) return std::exchange(kept_, {});
  if (session_ == nullptr || SSL_pending(session_) == 0) {
    pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&wanted, 1, static_cast<int>(wait_ms)) == 0) throw std::runtime_error("nothing was received in time");
  }
  std::array<char, 16 * 1024> bytes;
  const auto size = session_ != nullptr ? SSL_read(session_, bytes.data(), static_cast<int>(bytes.size()))
                                        : ::recv(socket_, bytes.data(), bytes.size(), 0);
  return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string Wire::answer(bool head_only) {
  std::string bytes;
  for (;;) {
    const auto more = receive();
    bytes += more;
    const auto head = bytes.find("\r\n\r\n");
    if (head == std::string::npos && !more.empty()) continue;
    if (more.empty()) return bytes;
    std::size_t size = head + 4;
    const auto length = bytes.find(kLength);
    if (!head_only && length < head) size += std::stoul(bytes.substr(length + kLength.size()));
    if (bytes.size() < size) continue;
    kept_ = bytes.substr(size);
    bytes.resize(size);
    return bytes;
  }
}

std::string Wire::rest() {
  std::string bytes;
  for (auto more = receive(); !more.empty(); more = receive()) bytes += more;
  return bytes;
}

bool Wire::ends(std::int64_t wait_ms) {
  try {
    return receive(wait_ms).empty();
  } catch (const std::runtime_error&) {
    return false;
  }
}

void Wire::finish() { ::shutdown(socket_, SHUT_WR); }

std::string get(std::string_view target, std::string_view headers) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) + "\r\n";
}

}  // namespace support
