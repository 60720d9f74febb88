// The read-only connections of a store, handed out one to a thread at a time. For storage/ only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

#include "storage/database.h"

namespace storage {

// All functions may be called from any thread.
class Readers {
 public:
  // Of `count` connections. Each is opened when it is needed, or by open_rest().
  Readers(const Location& location, int count);

  // Opens the first and has it read the schema, before anybody takes one. Throws what Database throws, and Failure with
  // a sentence that names the file and the fix where the schema is damaged.
  void open_first();
  // Opens those that nobody has needed yet, so that what becomes of the file's name later does not matter. One that
  // cannot be opened now is tried again when it is needed.
  void open_rest();

  // A connection for this thread alone until it is destroyed; waits while all are out.
  class Lease {
   public:
    explicit Lease(Readers& readers) : readers_(readers), slot_(readers.take()) {}
    ~Lease() { readers_.give_back(slot_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    // Opened now if it was not yet; throws what Database throws.
    [[nodiscard]] Database& database() const { return readers_.open(slot_); }

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
  // By whoever has taken the slot.
  Database& open(std::size_t slot);

  const Location location_;
  std::size_t count_;
  std::unique_ptr<Slot[]> slots_;
  std::atomic<int> waiting_{0};
  std::mutex mutex_;
  std::condition_variable given_back_;
};

}  // namespace storage
