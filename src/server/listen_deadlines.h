// A timing wheel (hashed, one level) for connections' deadlines: setting a deadline is one store, and a thread looks at
// each entry about when it is due.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace server {

// Milliseconds of the system's steady clock. Sockets wait in real time, also while tests hold the server's clock.
[[nodiscard]] std::int64_t steady_ms();

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// Something with a deadline. Must be removed from its wheel before it dies.
class Timed {
 public:
  virtual ~Timed() = default;

 protected:
  // On the wheel's thread, with the wheel locked: must only hand the work on. It may be called more than once.
  virtual void expire() = 0;

 private:
  friend class DeadlineWheel;
  std::atomic<std::int64_t> deadline_{kNever};
  std::atomic<std::int64_t> look_{kNever};  // when the wheel looks at it next
  Timed* before_ = nullptr;                 // guarded by the wheel's mutex, like all below
  Timed* after_ = nullptr;
  std::size_t slot_ = 0;
  bool placed_ = false;
};

class DeadlineWheel {
 public:
  // Entries expire at most two ticks late.
  explicit DeadlineWheel(std::int64_t tick_ms);
  ~DeadlineWheel();

  // Once. Before it nothing expires.
  void start();

  // From the thread that runs the entry. `deadline` may be kNever.
  void set(Timed& entry, std::int64_t deadline);
  void remove(Timed& entry);
  void stop();

 private:
  void run();
  void turn(std::size_t slot, std::int64_t now);
  void place(Timed& entry, std::int64_t when);  // mutex_ held
  void unlink(Timed& entry);                    // mutex_ held

  const std::int64_t tick_ms_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Timed*> slots_;  // heads of lists
  std::size_t placed_ = 0;     // entries in all lists
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace server
