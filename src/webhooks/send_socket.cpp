#include "webhooks/send_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace webhooks {
namespace {

using Kind = SendFault::Kind;

std::string reason_of(int error) { return std::generic_category().message(error); }

// Waits until the socket is ready; false at the deadline.
bool wait(int socket, short events, const Deadline& deadline) {
  pollfd waits[] = {{socket, events, 0}, {deadline.stop, POLLIN, 0}};
  while (true) {
    const int ready = ::poll(waits, 2, deadline.left_ms());
    if (ready < 0) continue;  // a signal
    if ((waits[1].revents & POLLIN) != 0) throw SendFault{Kind::stopped, {}};
    return ready > 0;
  }
}

}  // namespace

Socket::Socket(const std::vector<SocketAddress>& addresses, const Deadline& deadline) : deadline_(deadline) {
  std::string why;
  for (std::size_t index = 0; index < addresses.size(); ++index) {
    Deadline share = deadline;
    const auto left = static_cast<int>(addresses.size() - index);
    share.at = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline.left_ms() / left);
    const std::string fault = connect(addresses[index], share);
    if (fault.empty()) return;
    why = fault;
    ::close(std::exchange(socket_, -1));
  }
  if (deadline.left_ms() == 0) throw SendFault{Kind::timed_out, "The connection was not made in time."};
  throw SendFault{Kind::failed, why};
}

Socket::~Socket() {
  if (socket_ >= 0) ::close(socket_);
}

std::string Socket::connect(const SocketAddress& address, const Deadline& share) {
  socket_ = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return "No socket could be opened: " + reason_of(errno) + ".";
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, address.get(), address.size) == 0) return {};
  int error = errno;
  if (error == EINPROGRESS) {
    bool ready = false;
    try {
      ready = wait(socket_, POLLOUT, share);
    } catch (const SendFault&) {
      ::close(std::exchange(socket_, -1));
      throw;
    }
    if (!ready) return "The connection was not made in time.";
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) return {};
  }
  if (error == ECONNREFUSED) return "The connection was refused: nobody listens there.";
  return "The connection could not be made: " + reason_of(error) + ".";
}

void Socket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait(socket_, POLLOUT, deadline_)) {
        throw SendFault{Kind::timed_out, "The receiver did not take the whole request in time."};
      }
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return;  // it may have answered before it closed
    } else if (errno != EINTR) {
      throw SendFault{Kind::failed, "The request could not be sent: " + reason_of(errno) + "."};
    }
  }
}

std::size_t Socket::receive(std::span<char> to) {
  while (true) {
    // Looked at before each read, so that an answer which never stops coming ends, too.
    if (!wait(socket_, POLLIN, deadline_) || deadline_.left_ms() == 0) {
      throw SendFault{Kind::timed_out, "The receiver did not answer in time."};
    }
    const ssize_t got = ::recv(socket_, to.data(), to.size(), 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == ECONNRESET) return 0;
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
      throw SendFault{Kind::failed, "The answer could not be read: " + reason_of(errno) + "."};
    }
  }
}

}  // namespace webhooks
