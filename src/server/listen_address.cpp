#include "server/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "core/error.h"

namespace server {
namespace {

// A burst of new connections waits here until they are accepted; the kernel may have a lower limit.
constexpr int kBacklog = 4096;

std::string reason(const std::string& where, int error) {
  switch (error) {
    case EADDRINUSE:
      return where + " is in use: another server listens there. Stop it, or choose another port.";
    case EADDRNOTAVAIL:
      return where + " is not an address of this machine. Choose 127.0.0.1, 0.0.0.0 or one of its own.";
    case EACCES:
      return where + " needs more rights than this process has. Choose a port from 1024 on.";
    case EAFNOSUPPORT:
      return where + " is of an address family that this machine does not speak.";
    default:
      return where + " cannot be listened on: " + std::strerror(error) + ".";
  }
}

// The socket, or -1 with errno set.
int try_listen(const addrinfo& address) {
  const int socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
  if (socket < 0) return -1;
  // Takes a port over from connections that are still closing. SO_REUSEPORT would let a second server start silently.
  const int on = 1;
  const int off = 0;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ai_family == AF_INET6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(socket, address.ai_addr, address.ai_addrlen) == 0 && ::listen(socket, kBacklog) == 0) return socket;
  const int error = errno;
  ::close(socket);
  errno = error;
  return -1;
}

template <class Address>
Address as(const sockaddr_storage& storage) {
  Address address{};
  std::memcpy(&address, &storage, sizeof address);
  return address;
}

}  // namespace

std::string host_and_port(const std::string& host, int port) {
  const bool bracketed = host.find(':') != std::string::npos;
  return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

int listen_on(const std::string& host, int port) {
  const auto where = host_and_port(host, port);
  if (port < 0 || port > 65535) throw core::bad_request(where + ": a port is a number from 0 to 65535.");
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) {
    throw core::bad_request(where + ": the host name cannot be resolved (" + ::gai_strerror(failure) + ").");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  std::vector<const addrinfo*> addresses;
  for (const auto* address = found; address != nullptr; address = address->ai_next) addresses.push_back(address);
  // A name of both families ("localhost") is served over IPv4: clients that try ::1 first go on to it, not all of those
  // that try 127.0.0.1 go on to ::1.
  std::stable_partition(addresses.begin(), addresses.end(), [](const auto* a) { return a->ai_family == AF_INET; });
  int error = EADDRNOTAVAIL;
  for (const auto* address : addresses) {
    const int socket = try_listen(*address);
    if (socket >= 0) return socket;
    error = errno;
    if (error == EADDRINUSE) break;  // on another family it would start beside the server that is there
  }
  throw core::unavailable(reason(where, error));
}

int local_port(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET6) return ntohs(as<sockaddr_in6>(storage).sin6_port);
  return ntohs(as<sockaddr_in>(storage).sin_port);
}

std::string peer_address(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  if (storage.ss_family == AF_INET6) {
    const auto address = as<sockaddr_in6>(storage).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
      ::inet_ntop(AF_INET, &address.s6_addr[12], text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &address, text.data(), text.size());
    }
  } else {
    const auto address = as<sockaddr_in>(storage).sin_addr;
    ::inet_ntop(AF_INET, &address, text.data(), text.size());
  }
  return text.data();
}

}  // namespace server
