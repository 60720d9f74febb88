// The database of one instance: one writer, some readers, one file (or none).
//
// Exactly one connection writes and checkpoints, on a thread of its own; every other one is read-only. A piece of work
// that is given to write() is committed with synchronous=FULL together with whatever else waited, and `done` is called
// only when it is on disk.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "storage/database.h"

namespace storage {

struct StoreOptions {
  Location location;
  int readers = 4;               // read-only connections; more threads than these wait for one
  std::size_t max_queue = 4096;  // pieces of work that may wait; beyond it write() refuses
  std::size_t max_batch = 256;   // pieces of work in one commit
  // See Database::set_before_commit; of the writer's connection.
  std::function<void(Database&)> before_commit = {};
  // Called on the writer's thread after each batch, soon after the start and every second without a batch, outside of
  // any transaction; returns true while it has more to do. For small periodic upkeep (index merges, expiry).
  std::function<bool(Database&)> upkeep = {};
};

// Counted since start; for /metrics.
struct StoreFigures {
  std::uint64_t batches = 0;
  std::uint64_t works = 0;
  std::uint64_t failed = 0;
  std::uint64_t rerun = 0;             // works run again alone because one of their batch failed after it had written
  std::uint64_t batch_sizes[10] = {};  // works a batch: 1, 2, ≤4, ≤8, ≤16, ≤32, ≤64, ≤128, ≤256, more
  std::size_t queue = 0;               // waiting now
  std::uint64_t wal_bytes = 0;
  std::uint64_t database_bytes = 0;
};

// All functions may be called from any thread, but work and done run on the writer's.
class Store {
 public:
  // Work changes the database, or throws. It may be run twice (see StoreFigures::rerun): all its effects must be in the
  // database or undone by its being run again. It should validate before it changes anything.
  using Work = std::function<void(Database&)>;
  // `failure` is null when the work is committed. Must not throw and should be quick: the next batch waits for it.
  using Done = std::function<void(std::exception_ptr failure)>;

  // Opens or creates, migrates (after a backup beside the file), and starts the writer. Throws Failure or core::Error
  // with a sentence that names the file and the fix; then the file is as it was.
  explicit Store(StoreOptions options);
  // Finishes all waiting work, checkpoints and closes.
  ~Store();

  // Throws core::unavailable if the queue is full or the store is closing.
  void write(Work work, Done done);
  // The same, waiting for the commit; throws what the work threw. Not from the writer's thread.
  void write_and_wait(const Work& work);

  // Runs `read` inside one read transaction on a reader connection. Throws what it throws.
  void read(const std::function<void(Database&)>& read);

  // Runs on the writer's thread between two batches, outside of any transaction (backup steps, snapshots, maintenance);
  // waits for it and throws what it throws.
  void between_batches(const std::function<void(Database&)>& step);

  // Grows by one with every commit that changed something; equal numbers mean an unchanged database.
  [[nodiscard]] std::uint64_t version() const;
  [[nodiscard]] StoreFigures figures() const;
  // False while the file cannot be written or read (full or failing disk); tried anew at each call, at most once a
  // second.
  [[nodiscard]] bool healthy();

  [[nodiscard]] const Location& location() const;

  // A copy of the database as it stands, kept in memory, and the way back. Much faster than deleting rows.
  // load() takes everything back to the copy, in the file too; readers see either state, never a mixture. `then` runs
  // on the writer's thread in the same step, before anything else is written; it must not throw.
  class Image {
   public:
    std::shared_ptr<const std::uint8_t> bytes;
    std::size_t size = 0;
  };
  [[nodiscard]] Image save();
  void load(const Image& image, const std::function<void(Database&)>& then = {});

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

// The schema this program was built with (schema.sql), and its number (PRAGMA user_version).
[[nodiscard]] std::string_view schema();
inline constexpr int kSchemaVersion = 2;
// "ClnI": tells our files from other programs' (PRAGMA application_id).
inline constexpr std::int32_t kApplicationId = 0x436c6e49;

// Creates the schema in an empty database; checks and migrates one of ours. Throws core::Error with a clear sentence
// for another program's file, a damaged one and a newer schema, before anything is changed.
void migrate(Database& db, const Location& location);

// An online copy of the store at `file`, made 64 pages at a time on the writer's thread while it serves; checked
// (PRAGMA integrity_check) and synced before it gets its name. Throws core::Error if `file` exists, or when it is asked
// to stop; then nothing is left of it.
void backup(Store& store, const std::string& file, const std::stop_token& stop = {});
// The same from a database at rest.
void backup(Database& db, const std::string& file);

// Puts a copy of the backup `file` in the place of the database `path`, which no server may have, in one step: it is
// checked before (one of ours, whole, of a version that this program knows), and a kill leaves either. A database that
// is there is replaced only with `force`. Throws core::Error or Failure; then `path` is as it was.
void restore(const std::string& file, const std::string& path, bool force);

}  // namespace storage
