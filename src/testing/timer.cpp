#include "testing/timer.h"

namespace testing {

Timer::~Timer() { stop(); }

void Timer::after(std::chrono::milliseconds delay, Action action) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  const Instant due = std::chrono::steady_clock::now() + delay;
  actions_.emplace(std::pair(due, next_++), std::move(action));
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_one();
}

void Timer::hurry() {
  const std::lock_guard lock(mutex_);
  hurried_ = true;
  changed_.notify_one();
}

void Timer::stop() {
  std::map<std::pair<Instant, std::uint64_t>, Action> forgotten;  // let go of when the mutex is free
  std::thread ended;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    forgotten.swap(actions_);
    ended = std::move(thread_);
    changed_.notify_one();
  }
  if (ended.joinable()) ended.join();
}

void Timer::run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (actions_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Instant due = actions_.begin()->first.first;
    if (!hurried_ && due > std::chrono::steady_clock::now()) {
      changed_.wait_until(lock, due);
      continue;
    }
    Action action = std::move(actions_.begin()->second);
    actions_.erase(actions_.begin());
    lock.unlock();
    action();
    action = nullptr;
    lock.lock();
  }
}

}  // namespace testing
