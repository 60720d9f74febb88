#include "webhooks/receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "core/text.h"

namespace support {
namespace {

// Reads one request with a Content-Length; false if the connection ends before.
bool read_request(int socket, int stop, Delivered& request) {
  std::string bytes;
  std::size_t head_end = std::string::npos;
  std::size_t length = 0;
  while (head_end == std::string::npos || bytes.size() < head_end + 4 + length) {
    pollfd waits[] = {{socket, POLLIN, 0}, {stop, POLLIN, 0}};
    if (::poll(waits, 2, -1) < 0 || waits[1].revents != 0) return false;
    std::array<char, 4096> part;
    const ssize_t got = ::recv(socket, part.data(), part.size(), 0);
    if (got <= 0) return false;
    bytes.append(part.data(), static_cast<std::size_t>(got));
    if (head_end != std::string::npos) continue;
    head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string::npos) continue;
    request.method = bytes.substr(0, bytes.find(' '));
    request.target =
        bytes.substr(request.method.size() + 1, bytes.find(' ', request.method.size() + 1) - request.method.size() - 1);
    for (std::size_t at = bytes.find("\r\n") + 2; at < head_end;) {
      const std::size_t end = bytes.find("\r\n", at);
      const std::size_t colon = bytes.find(':', at);
      request.headers[core::to_lower_ascii(bytes.substr(at, colon - at))] = bytes.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
    length = std::stoul(request.headers["content-length"]);
  }
  request.body = bytes.substr(head_end + 4);
  request.at = std::chrono::steady_clock::now();
  return true;
}

}  // namespace

void Receiver::Connection::begin_answer() const {
  if (!std::exchange(answered_, true)) --receiver_.at_once_;
}

bool Receiver::Connection::send(std::string_view bytes) const {
  begin_answer();
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Receiver::Connection::wait(std::chrono::milliseconds time) const {
  pollfd waits[] = {{socket_, POLLIN, 0}, {receiver_.stop_, POLLIN, 0}};
  return ::poll(waits, 2, static_cast<int>(time.count())) == 0;
}

Receiver::Receiver(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listening_, 512) != 0 ||
      ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port for a receiver");
  }
  port_ = ntohs(address.sin_port);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { accept(); });
}

Receiver::~Receiver() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_, &one, sizeof one);
  thread_.join();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return threads_ == 0; });
  ::close(listening_);
  ::close(stop_);
}

Receiver::Behaviour Receiver::answer(int status, const std::string& headers, const std::string& body) {
  const std::string text = "HTTP/1.1 " + std::to_string(status) +
                           " Status\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
                           body;
  return [text](const Connection& connection, const Delivered&) { connection.send(text); };
}

Receiver::Behaviour Receiver::hang() {
  return [](const Connection& connection, const Delivered&) { (void)connection.wait(std::chrono::minutes(5)); };
}

void Receiver::behave(Behaviour behaviour) {
  const std::lock_guard lock(mutex_);
  behaviour_ = std::move(behaviour);
}

std::string Receiver::url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

std::vector<Delivered> Receiver::wait(std::size_t count, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return delivered_.size() >= count; });
  return delivered_;
}

std::size_t Receiver::count() const {
  const std::lock_guard lock(mutex_);
  return delivered_.size();
}

void Receiver::forget() {
  const std::lock_guard lock(mutex_);
  delivered_.clear();
}

void Receiver::accept() {
  while (true) {
    pollfd waits[] = {{listening_, POLLIN, 0}, {stop_, POLLIN, 0}};
    if (::poll(waits, 2, -1) > 0 && waits[1].revents != 0) return;
    const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    {
      const std::lock_guard lock(mutex_);
      ++threads_;
    }
    std::thread([this, socket] { serve(socket); }).detach();
  }
}

void Receiver::serve(int socket) {
  Delivered request;
  if (read_request(socket, stop_, request)) {
    const int now = ++at_once_;
    for (int most = most_at_once_; most < now && !most_at_once_.compare_exchange_weak(most, now);) {
    }
    Behaviour behaviour;
    {
      const std::lock_guard lock(mutex_);
      delivered_.push_back(request);
      behaviour = behaviour_;
    }
    changed_.notify_all();
    behaviour(Connection(*this, socket), request);
  }
  ::shutdown(socket, SHUT_WR);
  ::close(socket);
  const std::lock_guard lock(mutex_);
  --threads_;
  changed_.notify_all();
}

}  // namespace support
