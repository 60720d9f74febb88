#include "server/listen_transport.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

namespace server {
namespace {

Transfer transfer(ssize_t size, bool zero_is_end) {
  if (size > 0 || (size == 0 && !zero_is_end)) return {Moved::some, static_cast<std::size_t>(size)};
  return {size < 0 && (errno == EAGAIN || errno == EINTR) ? Moved::blocked : Moved::closed, 0};
}

}  // namespace

Transfer Transport::receive(std::span<char> to) { return tls_ ? tls_->receive(to) : discard(to); }

Transfer Transport::discard(std::span<char> scratch) {
  return transfer(::recv(socket_, scratch.data(), scratch.size(), 0), true);
}

Transfer Transport::send_some(std::string_view bytes) {
  if (tls_) return tls_->send(bytes);
  return transfer(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), false);
}

Moved Transport::send(std::string_view bytes) {
  // Nearly always the socket takes everything, and nothing is kept.
  while (waiting() == 0 && !bytes.empty()) {
    const auto sent = send_some(bytes);
    if (sent.moved == Moved::closed) return Moved::closed;
    if (sent.moved == Moved::blocked) break;
    bytes.remove_prefix(sent.size);
  }
  if (bytes.empty()) return Moved::some;
  pending_.append(bytes);
  return Moved::blocked;
}

Moved Transport::flush(bool& progressed) {
  while (waiting() > 0) {
    const auto sent = send_some(std::string_view(pending_).substr(sent_));
    if (sent.moved != Moved::some) return sent.moved;
    sent_ += sent.size;
    progressed = true;
  }
  if (!pending_.empty()) forget_waiting();
  return Moved::some;
}

void Transport::forget_waiting() {
  std::string().swap(pending_);
  sent_ = 0;
}

int Transport::untaken() const {
  int bytes = 0;
  return ::ioctl(socket_, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

void Transport::finish() {
  if (tls_) tls_->finish();
  ::shutdown(socket_, SHUT_WR);
}

void Transport::abort() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace server
