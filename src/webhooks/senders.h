// Threads that send: made when there is work and nobody idle, let go after a while without any.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace webhooks {

class Senders {
 public:
  using Work = std::function<void()>;

  Senders() = default;
  // Waits for all work that was taken up; what was not is dropped.
  ~Senders();
  Senders(const Senders&) = delete;
  Senders& operator=(const Senders&) = delete;

  // Runs `work`, which must not throw, on a thread of its own. The caller keeps the number of works bounded. Throws
  // std::system_error where there is none idle and the system gives no thread.
  void run(Work work);

  [[nodiscard]] std::size_t threads() const;

 private:
  using Threads = std::list<std::thread>;
  void serve(Threads::iterator self);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> waiting_;  // guarded by mutex_, like all below
  std::size_t idle_ = 0;
  bool stopping_ = false;
  Threads threads_;
  Threads gone_;  // at their end: to be joined
};

}  // namespace webhooks
