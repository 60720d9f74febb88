#include "storage/readers.h"

#include <algorithm>
#include <exception>

#include "storage/failure.h"

namespace storage {
namespace {

// Threads begin at different slots and come back to the one they had: its caches are warm, and nobody else asks for it.
std::size_t& preferred_slot() {
  static std::atomic<std::size_t> threads{0};
  thread_local std::size_t slot = threads.fetch_add(1, std::memory_order_relaxed);
  return slot;
}

}  // namespace

Readers::Readers(const Location& location, int count)
    : location_(location),
      count_(static_cast<std::size_t>(std::max(1, count))),
      slots_(std::make_unique<Slot[]>(count_)) {}

void Readers::open_first() {
  Database& first = open(0);
  try {
    // SQLite reads the whole schema at a connection's first use, which this is.
    (void)first.exists(R"sql(SELECT 1 FROM sqlite_schema)sql");
  } catch (const Failure& failure) {
    throw Failure(failure.kind(), explain(failure.kind(), location_.path, failure.what()));
  }
}

void Readers::open_rest() {
  for (std::size_t slot = 0; slot < count_; ++slot) {
    if (slots_[slot].taken.exchange(true, std::memory_order_seq_cst)) continue;
    try {
      open(slot);
    } catch (const std::exception&) {
      // Whoever needs it is told.
    }
    give_back(slot);
  }
}

Database& Readers::open(std::size_t slot) {
  auto& database = slots_[slot].database;
  if (!database) database = std::make_unique<Database>(location_, Database::Mode::read_only);
  return *database;
}

bool Readers::try_take(std::size_t& slot) {
  std::size_t& preferred = preferred_slot();
  for (std::size_t tried = 0; tried < count_; ++tried) {
    const std::size_t candidate = (preferred + tried) % count_;
    std::atomic<bool>& taken = slots_[candidate].taken;
    if (taken.load(std::memory_order_seq_cst) || taken.exchange(true, std::memory_order_seq_cst)) continue;
    preferred = candidate;
    slot = candidate;
    return true;
  }
  return false;
}

// A waiter counts itself before it looks again, and who gives back clears the slot before it looks at the count: one of
// the two sees the other.
std::size_t Readers::take() {
  std::size_t slot = 0;
  if (try_take(slot)) return slot;
  std::unique_lock lock(mutex_);
  waiting_.fetch_add(1, std::memory_order_seq_cst);
  given_back_.wait(lock, [&] { return try_take(slot); });
  waiting_.fetch_sub(1, std::memory_order_seq_cst);
  return slot;
}

void Readers::give_back(std::size_t slot) {
  slots_[slot].taken.store(false, std::memory_order_seq_cst);
  if (waiting_.load(std::memory_order_seq_cst) == 0) return;
  const std::lock_guard guard(mutex_);
  given_back_.notify_one();
}

}  // namespace storage
