// What waits for the writer. For storage/ only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>

#include "storage/store.h"

namespace storage {

// A piece of work and whom to tell.
struct WorkItem {
  Store::Work work;
  Store::Done done;
  std::exception_ptr failure;
};

// Any threads put in, one (the writer's) takes out. Nobody pays for waking a writer that is awake.
class WorkQueue {
 public:
  // Something that runs between two batches.
  using Step = std::function<void()>;

  explicit WorkQueue(std::size_t max_items) : max_items_(max_items) {}

  // Both throw core::unavailable once the queue is closed, the first also when it is full.
  void push(WorkItem item);
  void push(Step step);
  // Nothing is taken in any more; what waits can still be taken out.
  void close();

  // False if there was nothing.
  [[nodiscard]] bool take(WorkItem& item);
  [[nodiscard]] bool take(Step& step);

  enum class Wake { work, timeout, closed };
  // Until there is something to take (`work`), or the queue is closed and empty, or `patience` is over.
  [[nodiscard]] Wake wait(std::chrono::microseconds patience);

  [[nodiscard]] std::size_t size() const;

 private:
  template <class Queue, class Element>
  void push_to(Queue& queue, Element&& element, std::size_t limit);

  const std::size_t max_items_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<WorkItem> items_;  // guarded by mutex_, like all below
  std::deque<Step> steps_;
  bool sleeping_ = false;
  bool closed_ = false;
};

}  // namespace storage
