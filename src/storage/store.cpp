#include "storage/store.h"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <utility>

#include "storage/claim.h"
#include "storage/failure.h"
#include "storage/file_header.h"
#include "storage/new_file.h"
#include "storage/readers.h"
#include "storage/writer.h"

namespace storage {
namespace {

using namespace std::chrono_literals;
using Instant = std::chrono::steady_clock::time_point;

constexpr std::int64_t kRoomPages = 16;
constexpr std::uint64_t kRoomBytes = 1 << 20;
constexpr auto kHealthTime = 1s;

StoreOptions with_name(StoreOptions options) {
  static std::atomic<unsigned> nameless{0};
  if (options.location.memory && options.location.path.empty()) {
    options.location.path = "store-" + std::to_string(nameless.fetch_add(1));
  }
  return options;
}

}  // namespace

struct Store::Engine {
  explicit Engine(StoreOptions given)
      : options(with_upkeep(with_name(std::move(given)))),
        claim(options.location),
        new_file(options.location),
        database(options.location, Database::Mode::read_write),
        readers(options.location, options.readers),
        writer(prepared_database(), options) {
    new_file.keep();
  }

  // The first upkeep opens the readers that the start did not wait for.
  StoreOptions with_upkeep(StoreOptions from) {
    from.upkeep = [this, others = std::move(from.upkeep), first = true](Database& db) mutable {
      if (std::exchange(first, false)) readers.open_rest();
      return others && others(db);
    };
    return from;
  }

  // The writer's, when nothing more can go wrong. At most starts the first reader alone parses the schema: who is
  // waiting for an answer waits for that, while the writer's connection has time until something is written.
  Database& prepared_database() {
    if (!new_file.is_whole()) migrate(database, options.location);
    try {
      readers.open_first();
    } catch (...) {
      // Nothing of a file that is refused is to be changed, not even by a checkpoint.
      sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
      throw;
    }
    database.set_before_commit(options.before_commit);
    return database;
  }

  // The connection that this thread reads with, so that a read inside a read sees the same snapshot and waits for
  // nobody.
  struct Reading {
    const Engine* engine = nullptr;
    Database* db = nullptr;
  };
  static Reading& reading() {
    thread_local Reading current;
    return current;
  }

  void read(const std::function<void(Database&)>& action);
  [[nodiscard]] bool is_writable();
  [[nodiscard]] bool is_readable();

  StoreOptions options;
  Claim claim;
  NewFile new_file;
  Database database;
  Readers readers;
  Writer writer;

  std::mutex health_mutex;
  bool healthy = true;  // guarded by health_mutex, like all below
  Instant looked_at{};
  std::uint64_t version_seen = 0;
};

void Store::Engine::read(const std::function<void(Database&)>& action) {
  Reading& current = reading();
  if (current.engine == this) {
    action(*current.db);
    return;
  }
  const Readers::Lease lease(readers);
  Database& db = lease.database();
  const Reading outer = std::exchange(current, {this, &db});
  try {
    Transaction transaction(db, Transaction::Kind::read);
    action(db);
    transaction.commit();
  } catch (...) {
    current = outer;
    throw;
  }
  current = outer;
}

bool Store::Engine::is_readable() {
  try {
    read([](Database& db) { (void)db.exists(R"sql(SELECT 1 FROM sqlite_schema)sql"); });
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

// A commit of one page shows that the disk takes writes; whether it has room for more is asked apart, because a page of
// the WAL may be an old one that is used again.
bool Store::Engine::is_writable() {
  if (options.location.is_plain_file()) {
    struct statvfs disk {};
    if (statvfs(options.location.path.c_str(), &disk) != 0) return false;
    if (std::uint64_t{disk.f_bavail} * disk.f_frsize < kRoomBytes) return false;
  }
  return writer.try_between_batches(
      [](Database& db) {
        Transaction transaction(db, Transaction::Kind::write);
        db.execute("PRAGMA user_version = " + std::to_string(kSchemaVersion));
        transaction.commit();
        const auto pages = db.integer(R"sql(PRAGMA page_count)sql").value_or(0);
        const auto unused = db.integer(R"sql(PRAGMA freelist_count)sql").value_or(0);
        const auto limit = db.integer(R"sql(PRAGMA max_page_count)sql").value_or(0);
        if (limit - pages + unused < kRoomPages) throw Failure(FailureKind::full, "the file is at its size limit");
      },
      1s);
}

Store::Store(StoreOptions options) : engine_(std::make_unique<Engine>(std::move(options))) {}

Store::~Store() = default;

void Store::write(Work work, Done done) { engine_->writer.write(std::move(work), std::move(done)); }

void Store::write_and_wait(const Work& work) {
  // Shared: the writer may not have let go of it yet when the future is ready.
  auto committed = std::make_shared<std::promise<void>>();
  std::future<void> result = committed->get_future();
  write(work, [committed](std::exception_ptr failure) {
    if (failure) {
      committed->set_exception(std::move(failure));
    } else {
      committed->set_value();
    }
  });
  result.get();
}

void Store::read(const std::function<void(Database&)>& read) { engine_->read(read); }

void Store::between_batches(const std::function<void(Database&)>& step) { engine_->writer.between_batches(step); }

std::uint64_t Store::version() const { return engine_->writer.version(); }

StoreFigures Store::figures() const {
  StoreFigures figures = engine_->writer.figures();
  engine_->read([&](Database& db) {
    const auto pages = db.integer(R"sql(PRAGMA page_count)sql").value_or(0);
    const auto page_size = db.integer(R"sql(PRAGMA page_size)sql").value_or(0);
    figures.database_bytes = static_cast<std::uint64_t>(pages * page_size);
  });
  return figures;
}

bool Store::healthy() {
  const std::lock_guard guard(engine_->health_mutex);
  const Instant now = std::chrono::steady_clock::now();
  if (engine_->looked_at != Instant{} && now - engine_->looked_at < kHealthTime) return engine_->healthy;
  engine_->looked_at = now;
  engine_->healthy = engine_->is_readable() && engine_->is_writable();
  return engine_->healthy;
}

const Location& Store::location() const { return engine_->options.location; }

Store::Image Store::save() {
  Image image;
  read([&](Database& db) {
    sqlite3_int64 size = 0;
    const std::shared_ptr<std::uint8_t> bytes(sqlite3_serialize(db.handle(), "main", &size, 0), sqlite3_free);
    if (!bytes) raise(db.handle(), SQLITE_NOMEM, "save");
    // SQLite opens such an image only without a write-ahead log.
    bytes.get()[kWriteVersionAt] = bytes.get()[kReadVersionAt] = kWithoutLog;
    image = {bytes, static_cast<std::size_t>(size)};
  });
  return image;
}

void Store::load(const Image& image, const std::function<void(Database&)>& then) {
  SQLite::Database source(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX);
  const auto size = static_cast<sqlite3_int64>(image.size);
  auto* bytes = const_cast<std::uint8_t*>(image.bytes.get());  // read where it is, and never written to
  const int code = sqlite3_deserialize(source.getHandle(), "main", bytes, size, size, SQLITE_DESERIALIZE_READONLY);
  if (code != SQLITE_OK) raise(source.getHandle(), code, "load");
  engine_->writer.replace_all(source.getHandle(), then);
}

}  // namespace storage
