#include "webhooks/senders.h"

#include <chrono>
#include <system_error>
#include <utility>

namespace webhooks {
namespace {

constexpr std::chrono::seconds kIdleTime{10};

}  // namespace

Senders::~Senders() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  // A thread moves itself to gone_ at its end, so the list is walked by hand.
  while (true) {
    Threads ended;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return !gone_.empty() || threads_.empty(); });
      ended.splice(ended.end(), gone_);
      if (ended.empty()) return;
    }
    for (std::thread& thread : ended) thread.join();
  }
}

void Senders::run(Work work) {
  Threads ended;
  {
    const std::lock_guard lock(mutex_);
    ended.splice(ended.end(), gone_);
    waiting_.push_back(std::move(work));
    if (waiting_.size() > idle_) {
      const auto self = threads_.emplace(threads_.end());
      try {
        *self = std::thread([this, self] { serve(self); });
      } catch (const std::system_error&) {
        threads_.erase(self);
        waiting_.pop_back();
        throw;
      }
    }
  }
  changed_.notify_one();
  for (std::thread& thread : ended) thread.join();
}

std::size_t Senders::threads() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

void Senders::serve(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait_for(lock, kIdleTime, [&] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) break;
    Work work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
  gone_.splice(gone_.end(), threads_, self);
  lock.unlock();
  changed_.notify_all();
}

}  // namespace webhooks
