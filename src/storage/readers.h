// The read-only connections of a store, handed out one to a thread at a time. For storage/ only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/database.h"

namespace storage {

// All functions may be called from any thread.
class Readers {
 public:
  // Opens `count` connections to a database that is migrated; throws what Database throws. The first of them is out
  // until it has read the schema, on a thread that ends then.
  Readers(const Location& location, int count);
  ~Readers();

  // A connection for this thread alone until it is destroyed; waits while all are out.
  class Lease {
   public:
    explicit Lease(Readers& readers) : readers_(readers), slot_(readers.take()) {}
    ~Lease() { readers_.give_back(slot_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] Database& database() const { return *readers_.slots_[slot_].database; }

   private:
    Readers& readers_;
    std::size_t slot_;
  };

 private:
  // Apart in memory, so that two threads with a connection each don't share a cache line.
  struct alignas(64) Slot {
    std::atomic<bool> taken{false};
    std::unique_ptr<Database> database;
  };

  [[nodiscard]] std::size_t take();
  // True and the slot's number if one was free; looks first at the one this thread had last.
  [[nodiscard]] bool try_take(std::size_t& slot);
  void give_back(std::size_t slot);
  // SQLite reads the whole schema at a connection's first use, which this is.
  void learn_schema(std::size_t slot) noexcept;

  std::size_t count_;
  std::unique_ptr<Slot[]> slots_;
  std::atomic<int> waiting_{0};
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::thread first_use_;  // last: it uses all of the above
};

}  // namespace storage
