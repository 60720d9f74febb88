// Requests that are answered as soon as something is so: GET /_test/requests/wait and its like.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "http/query.h"
#include "http/reply.h"
#include "testing/timer.h"

namespace testing {

// `count` (1 to 1000, default 1) and `timeout` (seconds, 0 to 600, default 5) of a wait; faults stay in `query`.
struct Patience {
  std::size_t count = 1;
  std::chrono::milliseconds timeout{5000};
  [[nodiscard]] static Patience read(http::Query& query, const http::Request& request);
};

struct Wait {
  std::function<std::optional<http::Reply>()> look;  // the answer, once it is there
  std::function<http::Reply()> give_up;              // the answer when time is up
  http::Respond respond;
};

// All functions may be called from any thread; what a wait holds is called on the timer's, and must not throw.
class Waits {
 public:
  // With `every`, waits are looked at that often besides look_again(), as long as there are any. The timer is stopped
  // before this goes.
  explicit Waits(Timer& timer, std::optional<std::chrono::milliseconds> every = std::nullopt);

  // Looks at once, and then until `timeout`.
  void add(Wait wait, std::chrono::milliseconds timeout);
  // Something has changed. Costs next to nothing while nobody waits.
  void look_again();
  // Gives up on all of them, and on those that come.
  void close();

 private:
  using Waiting = std::shared_ptr<Wait>;
  void look_at_all();
  void give_up(const Waiting& wait);
  [[nodiscard]] bool take(const Waiting& wait);

  Timer& timer_;
  const std::optional<std::chrono::milliseconds> every_;
  std::atomic<std::size_t> size_{0};      // of waiting_
  std::atomic<bool> look_is_due_{false};  // look_at_all() will run
  std::mutex mutex_;
  std::vector<Waiting> waiting_;  // guarded by mutex_
  bool closed_ = false;           // guarded by mutex_
};

}  // namespace testing
