// What the listener's tests share: a listener that answers each request with what it was.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "server/listen.h"
#include "support/wire.h"

namespace support {

// On 127.0.0.1, any port, two workers.
server::ListenOptions any_port();

// A listener whose requests are answered with what they were, unless their path asks for something else.
class Echo {
 public:
  explicit Echo(server::ListenOptions options = any_port())
      : listener_(std::move(options), [this](http::Request request, http::Respond respond) {
          dispatch(std::move(request), std::move(respond));
        }) {
    listener_.start();
  }
  ~Echo() {
    release();
    unblock();
    listener_.stop(0);
    for (auto& thread : threads_) thread.join();
  }

  [[nodiscard]] Wire connect() const { return Wire(listener_.port()); }
  [[nodiscard]] int port() const { return listener_.port(); }
  [[nodiscard]] server::ListenFigures figures() const { return listener_.figures(); }
  void stop(std::int64_t grace_ms) { listener_.stop(grace_ms); }

  // Requests to /held/... wait until they are released; newest first, to have them come out of order.
  void wait_held(std::size_t count);
  void release();
  // Requests to /blocked/... keep their worker until they are unblocked.
  void wait_blocked(std::size_t count);
  void unblock();
  // What was given to answers to /stream.
  std::vector<std::shared_ptr<http::Outlet>> wait_outlets(std::size_t count);
  void forget_outlets();
  [[nodiscard]] int dispatched() const { return dispatched_; }

 private:
  void dispatch(http::Request request, http::Respond respond);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, http::Respond>> held_;
  std::size_t blocked_ = 0;
  bool unblocked_ = false;
  std::vector<std::shared_ptr<http::Outlet>> outlets_;
  std::vector<std::thread> threads_;
  std::atomic<int> dispatched_{0};
  server::Listener listener_;
};

// Of an answer's bytes.
std::string body_of(const std::string& answer);
int status_of(const std::string& answer);
std::size_t count(std::string_view text, std::string_view part);

// Until it is so, five seconds at most.
template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

}  // namespace support
