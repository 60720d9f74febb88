// Things to be done later, on one thread for all of them: a request that waits holds no worker.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace testing {

// Real time, whatever the server's clock says. The thread starts with the first action.
class Timer {
 public:
  using Action = std::function<void()>;

  Timer() = default;
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // From any thread. Actions run one after another, by their time; they must be quick and not throw.
  void after(std::chrono::milliseconds delay, Action action);
  // From here on everything is due at once, what waits and what comes.
  void hurry();
  // Ends the thread; what was not due is forgotten.
  void stop();

 private:
  using Instant = std::chrono::steady_clock::time_point;
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::pair<Instant, std::uint64_t>, Action> actions_;  // guarded by mutex_, like all below
  std::uint64_t next_ = 0;
  bool hurried_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace testing
