// The thread that writes: takes what waits, commits it together, and tells those who waited. For storage/ only.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "storage/checkpoints.h"
#include "storage/store.h"
#include "storage/work_queue.h"

namespace storage {

class Writer {
 public:
  // `db` is used by this thread alone until the writer is destroyed.
  Writer(Database& db, const StoreOptions& options);
  // Finishes all waiting work.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // See Store. From any thread.
  void write(Store::Work work, Store::Done done);
  void between_batches(const std::function<void(Database&)>& step);
  // The same within a time; false if it was not run within `patience` (it may still be run later) or has thrown.
  [[nodiscard]] bool try_between_batches(std::function<void(Database&)> step, std::chrono::milliseconds patience);
  // Makes the database equal to `source`, which the caller leaves alone meanwhile, in one commit between two batches.
  // `then` (or none) is run right after it.
  void replace_all(sqlite3* source, const std::function<void(Database&)>& then);

  [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  // All but database_bytes.
  [[nodiscard]] StoreFigures figures() const;

 private:
  using Item = WorkItem;

  // The future that the end of `step` shows in.
  [[nodiscard]] std::future<void> enqueue(std::function<void(Database&)> step);

  void run();
  void write_batch();
  // The next member of the open batch; false if it is complete.
  [[nodiscard]] bool take_next(Item& item);
  // Commits `items` with as few transactions as their failures allow, and finishes them.
  void settle(std::span<Item> items);
  void settle_alone(Item& item);
  // Runs items in the open transaction. Returns how many of them left it whole: fewer than all if the next one failed
  // after it had changed something.
  [[nodiscard]] std::size_t run_items(std::span<Item> items);
  // False if `item` failed after it had changed something.
  [[nodiscard]] bool attempt(Item& item);
  // Leaves no transaction open in either case.
  [[nodiscard]] std::exception_ptr begin();
  [[nodiscard]] std::exception_ptr commit();
  void roll_back();
  // After COMMIT (or with `failure`, instead of it): version, actions, answers.
  void finish(std::span<Item> items, std::exception_ptr failure);
  void fail_waiting(const std::exception_ptr& failure);
  void run_actions();
  // Runs something that may change the database outside of any batch.
  template <class Action>
  void run_apart(Action&& action);
  // True while there is more to do.
  bool run_upkeep();
  void maintain(bool wrote, bool idle);
  void count_batch(std::size_t works);
  // At most once a second: every request fails while a disk is full.
  void log_disk_failure(std::string_view what, const std::exception_ptr& failure);

  Database& db_;
  const std::size_t max_batch_;
  const std::function<bool(Database&)> upkeep_;
  Checkpoints checkpoints_;

  WorkQueue queue_;

  // The writer's thread alone.
  std::vector<Item> batch_;
  std::size_t last_batch_ = 0;  // how many were in it
  std::int64_t changes_at_begin_ = 0;
  bool more_upkeep_ = false;
  std::chrono::steady_clock::time_point disk_failure_logged_at_{};

  std::atomic<std::uint64_t> version_{1};
  std::atomic<std::uint64_t> batches_{0};
  std::atomic<std::uint64_t> works_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> rerun_{0};
  std::atomic<std::uint64_t> batch_sizes_[10] = {};

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace storage
