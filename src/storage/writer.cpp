#include "storage/writer.h"

#include <sqlite3.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <stdexcept>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "storage/failure.h"

namespace storage {
namespace {

using namespace std::chrono_literals;

// A batch takes nobody in any more after this time, so that its first member does not wait for ever for the others.
constexpr auto kBatchTime = 20ms;
// What a batch that is far smaller than the last waits for the others: those who were just answered are about to write
// again, and a commit takes longer than this.
constexpr auto kStragglers = 200us;
constexpr std::chrono::milliseconds kIdleTime = 1s;
// The first upkeep leaves the processors to the rest of the start.
constexpr std::chrono::milliseconds kHeadStart = 50ms;

std::string reason_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "not a std::exception";
  }
}

void log_failure(std::string_view what, const std::exception_ptr& failure) {
  core::log(core::LogLevel::error, what, {{"reason", reason_of(failure)}});
}

bool is_full(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Failure& error) {
    return error.kind() == FailureKind::full;
  } catch (...) {
    return false;
  }
}

}  // namespace

Writer::Writer(Database& db, const StoreOptions& options)
    : db_(db),
      max_batch_(std::max<std::size_t>(1, options.max_batch)),
      upkeep_(options.upkeep),
      checkpoints_(db),
      queue_(std::max<std::size_t>(1, options.max_queue)),
      thread_([this] { run(); }) {}

Writer::~Writer() {
  queue_.close();
  thread_.join();
}

void Writer::write(Store::Work work, Store::Done done) { queue_.push({std::move(work), std::move(done), nullptr}); }

std::future<void> Writer::enqueue(std::function<void(Database&)> step) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    throw std::logic_error("the writer's thread cannot wait for itself: between_batches() was called on it");
  }
  auto task =
      std::make_shared<std::packaged_task<void()>>([this, step = std::move(step)] { run_apart([&] { step(db_); }); });
  std::future<void> result = task->get_future();
  queue_.push(WorkQueue::Step([task] { (*task)(); }));
  return result;
}

void Writer::between_batches(const std::function<void(Database&)>& step) { enqueue(step).get(); }

bool Writer::try_between_batches(std::function<void(Database&)> step, std::chrono::milliseconds patience) {
  try {
    std::future<void> result = enqueue(std::move(step));
    if (result.wait_for(patience) != std::future_status::ready) return false;
    result.get();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void Writer::replace_all(sqlite3* source, const std::function<void(Database&)>& then) {
  between_batches([&](Database& db) {
    sqlite3_backup* copy = sqlite3_backup_init(db.handle(), "main", source, "main");
    if (copy == nullptr) raise(db.handle(), sqlite3_errcode(db.handle()), "load");
    const int stepped = sqlite3_backup_step(copy, -1);
    checkpoints_.note_pages(static_cast<std::uint64_t>(sqlite3_backup_pagecount(copy)));
    const int finished = sqlite3_backup_finish(copy);
    if (stepped != SQLITE_DONE || finished != SQLITE_OK) {
      raise(db.handle(), finished != SQLITE_OK ? finished : stepped, "load");
    }
    if (then) then(db);
    version_.fetch_add(1, std::memory_order_release);
  });
}

StoreFigures Writer::figures() const {
  StoreFigures figures;
  figures.batches = batches_.load(std::memory_order_relaxed);
  figures.works = works_.load(std::memory_order_relaxed);
  figures.failed = failed_.load(std::memory_order_relaxed);
  figures.rerun = rerun_.load(std::memory_order_relaxed);
  std::transform(std::begin(batch_sizes_), std::end(batch_sizes_), std::begin(figures.batch_sizes),
                 [](const auto& count) { return count.load(std::memory_order_relaxed); });
  constexpr std::uint64_t kFrameBytes = 4096 + 24;
  figures.wal_bytes = checkpoints_.wal_pages() * kFrameBytes;
  figures.queue = queue_.size();
  return figures;
}

void Writer::run() {
  auto patience = kHeadStart;
  for (;;) {
    const bool waits = !more_upkeep_;
    const WorkQueue::Wake wake = queue_.wait(waits ? patience : 0ms);
    if (wake == WorkQueue::Wake::closed) break;
    if (wake == WorkQueue::Wake::timeout) patience = kIdleTime;
    if (WorkQueue::Step step; queue_.take(step)) step();
    const bool writes = queue_.size() > 0;
    if (writes) write_batch();
    maintain(writes, waits && wake == WorkQueue::Wake::timeout);
  }
  try {
    checkpoints_.all();
  } catch (const Failure&) {
    log_failure("The last checkpoint failed; the next start makes up for it.", std::current_exception());
  }
}

void Writer::write_batch() {
  if (const auto failure = begin()) {
    log_disk_failure("The database cannot be written.", failure);
    fail_waiting(failure);
    return;
  }
  batch_.clear();
  const auto started = std::chrono::steady_clock::now();
  Item item;
  while (batch_.size() < max_batch_ && take_next(item)) {
    batch_.push_back(std::move(item));
    if (!attempt(batch_.back())) {
      roll_back();
      rerun_.fetch_add(batch_.size() - 1, std::memory_order_relaxed);
      settle(std::span(batch_).first(batch_.size() - 1));
      settle_alone(batch_.back());
      count_batch(batch_.size());
      return;
    }
    if (std::chrono::steady_clock::now() - started > kBatchTime) break;
  }
  const auto failure = commit();
  if (failure && batch_.size() > 1 && is_full(failure)) {
    // There may be room for some of them.
    for (Item& member : batch_) settle_alone(member);
  } else {
    finish(batch_, failure);
  }
  count_batch(batch_.size());
}

bool Writer::take_next(Item& item) {
  if (queue_.take(item)) return true;
  const bool more_to_come = batch_.size() * 2 < last_batch_;
  return more_to_come && queue_.wait(kStragglers) == WorkQueue::Wake::work && queue_.take(item);
}

void Writer::settle(std::span<Item> items) {
  while (!items.empty()) {
    if (const auto failure = begin()) {
      finish(items, failure);
      return;
    }
    const std::size_t whole = run_items(items);
    if (whole == items.size()) {
      finish(items, commit());
      return;
    }
    roll_back();
    settle(items.first(whole));
    settle_alone(items[whole]);
    items = items.subspan(whole + 1);
  }
}

void Writer::settle_alone(Item& item) {
  auto failure = begin();
  if (!failure) {
    const bool whole = attempt(item);
    if (!whole || item.failure) {
      roll_back();
    } else {
      failure = commit();
    }
  }
  finish(std::span(&item, 1), failure);
}

std::size_t Writer::run_items(std::span<Item> items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!attempt(items[i])) return i;
  }
  return items.size();
}

bool Writer::attempt(Item& item) {
  const std::int64_t changes = db_.total_changes();
  const std::size_t actions = db_.after_commit_count();
  item.failure = nullptr;
  try {
    item.work(db_);
  } catch (...) {
    item.failure = std::current_exception();
    db_.drop_after_commit(actions);
  }
  // Some errors (a full disk, a failing one) make SQLite roll back the whole transaction.
  if (!db_.in_transaction()) {
    if (!item.failure) {
      item.failure = std::make_exception_ptr(Failure(FailureKind::other, "the transaction was rolled back"));
    }
    return false;
  }
  return !item.failure || db_.total_changes() == changes;
}

std::exception_ptr Writer::begin() {
  changes_at_begin_ = db_.total_changes();
  try {
    db_.begin_write();
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

std::exception_ptr Writer::commit() {
  try {
    db_.commit();
    return nullptr;
  } catch (...) {
    const auto failure = std::current_exception();
    log_disk_failure("A commit failed.", failure);
    roll_back();
    return failure;
  }
}

void Writer::log_disk_failure(std::string_view what, const std::exception_ptr& failure) {
  const auto now = std::chrono::steady_clock::now();
  if (now - disk_failure_logged_at_ < 1s) return;
  disk_failure_logged_at_ = now;
  log_failure(what, failure);
}

void Writer::roll_back() {
  db_.drop_after_commit(0);
  if (!db_.in_transaction()) return;
  try {
    db_.run(R"sql(ROLLBACK)sql");
  } catch (...) {
    log_failure("A rollback failed.", std::current_exception());
  }
}

void Writer::finish(std::span<Item> items, std::exception_ptr failure) {
  if (failure) {
    db_.drop_after_commit(0);
  } else {
    // Before anybody is told: who has an answer must not find an older version.
    if (db_.total_changes() != changes_at_begin_) version_.fetch_add(1, std::memory_order_release);
    run_actions();
  }
  for (Item& item : items) {
    if (failure && !item.failure) item.failure = failure;
    if (item.failure) failed_.fetch_add(1, std::memory_order_relaxed);
    try {
      if (item.done) item.done(item.failure);
    } catch (...) {
      log_failure("What was to be done after a commit failed.", std::current_exception());
    }
    item = Item{};  // what it holds is let go at once, not with the next batch
  }
}

void Writer::fail_waiting(const std::exception_ptr& failure) {
  Item item;
  // Those who arrive meanwhile have an attempt of their own.
  for (std::size_t left = queue_.size(); left > 0 && queue_.take(item); --left) {
    finish(std::span(&item, 1), failure);
    works_.fetch_add(1, std::memory_order_relaxed);
  }
}

void Writer::run_actions() {
  for (const auto& action : db_.take_after_commit()) {
    try {
      action();
    } catch (...) {
      log_failure("What was to be done after a commit failed.", std::current_exception());
    }
  }
}

template <class Action>
void Writer::run_apart(Action&& action) {
  const std::int64_t changes = db_.total_changes();
  try {
    action();
  } catch (...) {
    roll_back();
    if (db_.total_changes() != changes) version_.fetch_add(1, std::memory_order_release);
    throw;
  }
  if (db_.in_transaction()) {
    roll_back();
    throw std::logic_error("a transaction was left open between two batches");
  }
  if (db_.total_changes() != changes) version_.fetch_add(1, std::memory_order_release);
  run_actions();
}

bool Writer::run_upkeep() {
  if (!upkeep_) return false;
  bool more = false;
  try {
    run_apart([&] { more = upkeep_(db_); });
  } catch (...) {
    log_failure("Upkeep failed; it is tried again later.", std::current_exception());
    return false;
  }
  return more;
}

void Writer::maintain(bool wrote, bool idle) {
  try {
    if (wrote || idle || more_upkeep_) more_upkeep_ = run_upkeep();
    if (idle && !more_upkeep_) {
      checkpoints_.when_idle();
    } else {
      checkpoints_.after_batch();
    }
  } catch (const Failure&) {
    log_failure("A checkpoint failed; it is tried again later.", std::current_exception());
  }
}

void Writer::count_batch(std::size_t works) {
  last_batch_ = works;
  batches_.fetch_add(1, std::memory_order_relaxed);
  works_.fetch_add(works, std::memory_order_relaxed);
  // 1, 2, ≤4, ≤8, …: the number of bits that works - 1 takes.
  const auto size = static_cast<std::size_t>(std::bit_width(works - 1));
  batch_sizes_[std::min<std::size_t>(size, std::size(batch_sizes_) - 1)].fetch_add(1, std::memory_order_relaxed);
}

}  // namespace storage
