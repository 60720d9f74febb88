// When the WAL goes back into the database. For storage/ only; one thread: the writer's.
#pragma once

#include <atomic>
#include <cstdint>

#include "storage/database.h"

namespace storage {

// SQLite's automatic checkpoints would be paid by the request that happens to pass the limit. These are made between
// two batches, by the connection that writes (only one may: https://www.sqlite.org/wal.html#walresetbug).
class Checkpoints {
 public:
  explicit Checkpoints(Database& db);
  ~Checkpoints();
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;

  // After a batch: copies what readers allow once the WAL has grown enough, and waits shortly for readers when it has
  // become big. Throws Failure if the disk fails.
  void after_batch();
  // After a second without writing: copies what is left, so that readers find everything in the database itself.
  void when_idle();
  // Everything, and an empty WAL, unless somebody is reading.
  void all();

  // `pages` were written without the hook being called (by SQLite's backup, and so by a load).
  void note_pages(std::uint64_t pages) { wal_pages_.fetch_add(pages, std::memory_order_relaxed); }

  // Pages of the WAL in use. From any thread.
  [[nodiscard]] std::uint64_t wal_pages() const { return wal_pages_.load(std::memory_order_relaxed); }

 private:
  void checkpoint(int mode);

  Database& db_;
  std::atomic<std::uint64_t> wal_pages_{0};
  std::uint64_t copied_ = 0;    // of them, pages that the database has
  std::uint64_t tried_at_ = 0;  // wal_pages_ at the last attempt
};

}  // namespace storage
