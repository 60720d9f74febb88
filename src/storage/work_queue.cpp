#include "storage/work_queue.h"

#include <limits>
#include <utility>

#include "core/error.h"

namespace storage {
namespace {

template <class Queue, class Element>
bool take_from(Queue& queue, Element& element) {
  if (queue.empty()) return false;
  element = std::move(queue.front());
  queue.pop_front();
  return true;
}

}  // namespace

template <class Queue, class Element>
void WorkQueue::push_to(Queue& queue, Element&& element, std::size_t limit) {
  bool wake = false;
  {
    const std::lock_guard guard(mutex_);
    if (closed_) throw core::unavailable("The server is stopping. Try again when it is back.");
    if (queue.size() >= limit) {
      throw core::unavailable("Too many changes are waiting to be written. Try again in a second.");
    }
    queue.push_back(std::forward<Element>(element));
    wake = std::exchange(sleeping_, false);
  }
  if (wake) arrived_.notify_one();
}

void WorkQueue::push(WorkItem item) { push_to(items_, std::move(item), max_items_); }

void WorkQueue::push(Step step) { push_to(steps_, std::move(step), std::numeric_limits<std::size_t>::max()); }

void WorkQueue::close() {
  {
    const std::lock_guard guard(mutex_);
    closed_ = true;
  }
  arrived_.notify_one();
}

bool WorkQueue::take(WorkItem& item) {
  const std::lock_guard guard(mutex_);
  return take_from(items_, item);
}

bool WorkQueue::take(Step& step) {
  const std::lock_guard guard(mutex_);
  return take_from(steps_, step);
}

WorkQueue::Wake WorkQueue::wait(std::chrono::microseconds patience) {
  std::unique_lock lock(mutex_);
  const auto has_something = [this] { return !items_.empty() || !steps_.empty(); };
  sleeping_ = true;
  arrived_.wait_for(lock, patience, [&] { return has_something() || closed_; });
  sleeping_ = false;
  if (has_something()) return Wake::work;
  return closed_ ? Wake::closed : Wake::timeout;
}

std::size_t WorkQueue::size() const {
  const std::lock_guard guard(mutex_);
  return items_.size();
}

}  // namespace storage
