#include "storage/checkpoints.h"

#include <sqlite3.h>

#include "storage/failure.h"

namespace storage {
namespace {

// In pages of 4 KiB. The WAL's file keeps its size when it starts over: overwriting is cheaper to sync than appending.
constexpr std::uint64_t kPassivePages = 4096;    // 4 MiB: worth a checkpoint
constexpr std::uint64_t kRestartPages = 8192;    // 32 MiB: constant readers kept it from starting over; wait for them
constexpr std::uint64_t kTruncatePages = 32768;  // 128 MiB: and give the room back
constexpr int kReaderWaitMs = 50;
constexpr int kBusyTimeoutMs = 5000;

}  // namespace

Checkpoints::Checkpoints(Database& db) : db_(db) {
  sqlite3_wal_hook(
      db_.handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        auto& checkpoints = *static_cast<Checkpoints*>(self);
        const auto now = static_cast<std::uint64_t>(pages);
        if (now < checkpoints.wal_pages()) checkpoints.copied_ = checkpoints.tried_at_ = 0;  // it has started over
        checkpoints.wal_pages_.store(now, std::memory_order_relaxed);
        return SQLITE_OK;
      },
      this);
}

Checkpoints::~Checkpoints() { sqlite3_wal_hook(db_.handle(), nullptr, nullptr); }

void Checkpoints::after_batch() {
  const std::uint64_t pages = wal_pages();
  if (pages < tried_at_ + kPassivePages) return;
  if (pages >= kTruncatePages) {
    checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
  } else if (pages >= kRestartPages) {
    checkpoint(SQLITE_CHECKPOINT_RESTART);
  } else {
    checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  }
}

void Checkpoints::when_idle() {
  if (wal_pages() > copied_) checkpoint(SQLITE_CHECKPOINT_PASSIVE);
}

void Checkpoints::all() { checkpoint(SQLITE_CHECKPOINT_TRUNCATE); }

void Checkpoints::checkpoint(int mode) {
  int pages = 0;
  int copied = 0;
  sqlite3_busy_timeout(db_.handle(), kReaderWaitMs);
  const int code = sqlite3_wal_checkpoint_v2(db_.handle(), "main", mode, &pages, &copied);
  sqlite3_busy_timeout(db_.handle(), kBusyTimeoutMs);
  // Busy: a reader is in the way, and the next attempt gets further.
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY && (code & 0xff) != SQLITE_LOCKED) {
    raise(db_.handle(), code, "checkpoint");
  }
  if (pages >= 0 && copied >= 0) {
    copied_ = static_cast<std::uint64_t>(copied);
    wal_pages_.store(static_cast<std::uint64_t>(pages), std::memory_order_relaxed);
  }
  tried_at_ = wal_pages();
}

}  // namespace storage
