#include "webhooks/send_resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

namespace webhooks {
namespace {

// One look-up. The resolver cannot be interrupted and has time limits of its own, so whoever asks may leave before it
// has answered: the two share this.
struct Lookup {
  Lookup() : done(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Lookup() { ::close(done); }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  std::string host;
  std::string port;
  const int done;  // readable when the rest is filled

  std::mutex mutex;
  int code = EAI_AGAIN;                  // guarded by mutex
  std::vector<SocketAddress> addresses;  // guarded by mutex
};

void look_up(Lookup& lookup, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(lookup.host.c_str(), lookup.port.c_str(), &hints, &list);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(list, ::freeaddrinfo);
  {
    const std::lock_guard lock(lookup.mutex);
    lookup.code = code;
    for (const addrinfo* each = code == 0 ? list : nullptr; each != nullptr; each = each->ai_next) {
      if (each->ai_family != AF_INET && each->ai_family != AF_INET6) continue;
      SocketAddress address;
      address.size = each->ai_addrlen;
      std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
      lookup.addresses.push_back(address);
    }
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(lookup.done, &one, sizeof one);
}

}  // namespace

std::vector<SocketAddress> resolve(const std::string& host, int port, const Deadline& deadline) {
  const auto lookup = std::make_shared<Lookup>();
  const bool bracketed = host.starts_with('[');
  lookup->host = bracketed ? host.substr(1, host.size() - 2) : host;
  lookup->port = std::to_string(port);
  // An address needs no thread, and nobody to ask.
  look_up(*lookup, AI_NUMERICHOST);
  if (lookup->code != 0 && !bracketed) {
    std::uint64_t drained = 0;
    [[maybe_unused]] const auto got = ::read(lookup->done, &drained, sizeof drained);
    try {
      std::thread([lookup] { look_up(*lookup, 0); }).detach();
    } catch (const std::system_error&) {
      throw SendFault{SendFault::Kind::failed, "The name " + host + " could not be looked up: no thread is left."};
    }
    pollfd waits[] = {{lookup->done, POLLIN, 0}, {deadline.stop, POLLIN, 0}};
    while (true) {
      const int ready = ::poll(waits, 2, deadline.left_ms());
      if (ready < 0) continue;  // a signal
      if ((waits[1].revents & POLLIN) != 0) throw SendFault{SendFault::Kind::stopped, {}};
      if (ready > 0) break;
      throw SendFault{SendFault::Kind::timed_out, "The name " + host + " was not resolved in time."};
    }
  }
  const std::lock_guard lock(lookup->mutex);
  if (lookup->code != 0 || lookup->addresses.empty()) {
    const char* const reason = lookup->code == 0 ? "no address" : ::gai_strerror(lookup->code);
    throw SendFault{SendFault::Kind::failed, "The name " + host + " does not resolve: " + reason + "."};
  }
  return std::move(lookup->addresses);
}

}  // namespace webhooks
