#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "core/log.h"
#include "storage/empty_database.h"
#include "storage/failure.h"
#include "storage/migrations.h"
#include "storage/opening.h"
#include "storage/store.h"

namespace storage {
namespace {

// Small databases are checked whole at every start; it takes some milliseconds.
constexpr std::int64_t kCheckedPages = 2048;
constexpr std::uintmax_t kCheckedBytes = kCheckedPages * 4096;

[[noreturn]] void refuse(Database& db, core::ErrorCode code, std::string sentence) {
  // Closing the connection must not write into a file that is not ours to write.
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  throw core::Error(code, std::move(sentence));
}

std::string in_quotes(const std::string& path) { return '"' + path + '"'; }

void begin_wal(Database& db, const Location& location) {
  if (location.is_plain_file() && has_log(db.handle())) return;
  const auto mode = db.text(R"sql(PRAGMA journal_mode = WAL)sql");
  if (mode == "wal") return;
  refuse(db, core::ErrorCode::unavailable,
         "The database " + in_quotes(location.path) + " cannot be opened with a write-ahead log (it stays in mode " +
             mode.value_or("unknown") + "). Put it on a local disk.");
}

void copy_from(const std::string& image, Database& db) {
  SQLite::Database source(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX);
  const auto size = static_cast<sqlite3_int64>(image.size());
  auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(image.data()));  // read only, and never written to
  int code = sqlite3_deserialize(source.getHandle(), "main", bytes, size, size, SQLITE_DESERIALIZE_READONLY);
  if (code != SQLITE_OK) raise(source.getHandle(), code, "create");
  sqlite3_backup* copy = sqlite3_backup_init(db.handle(), "main", source.getHandle(), "main");
  if (copy == nullptr) raise(db.handle(), sqlite3_errcode(db.handle()), "create");
  sqlite3_backup_step(copy, -1);
  code = sqlite3_backup_finish(copy);
  if (code != SQLITE_OK) raise(db.handle(), code, "create");
}

void create(Database& db, const Location& location, const SchemaHistory& history) {
  // First of all in the file itself, so that whatever interrupts us leaves a file that is known as ours.
  db.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  begin_wal(db, location);
  if (history.empty != nullptr) return copy_from(history.empty(), db);
  Transaction transaction(db, Transaction::Kind::write);
  db.execute(std::string(history.schema));
  db.execute("PRAGMA user_version = " + std::to_string(history.version));
  transaction.commit();
}

void upgrade(Database& db, const Location& location, const SchemaHistory& history, int version) {
  if (!location.memory) {
    const std::string copy = backup_path(location.path, version);
    backup(db, copy);
    core::log(core::LogLevel::info, "The database is of an older version and gets migrated; a copy was made before.",
              {{"copy", copy}});
  }
  // Tables may have to be made anew under their names, which foreign keys would turn into deletions.
  db.execute("PRAGMA foreign_keys = OFF");
  {
    Transaction transaction(db, Transaction::Kind::write);
    for (const Migration& migration : history.migrations) {
      if (migration.to > version) db.execute(std::string(migration.script));
    }
    if (db.exists(R"sql(SELECT 1 FROM pragma_foreign_key_check LIMIT 1)sql")) {
      throw Failure(FailureKind::constraint, "the migrated database has rows that refer to missing ones");
    }
    db.execute("PRAGMA user_version = " + std::to_string(history.version));
    transaction.commit();
  }
  db.execute("PRAGMA foreign_keys = ON");
}

void check_content(Database& db, const Location& location) {
  std::error_code error;
  if (location.is_plain_file() && std::filesystem::file_size(location.path, error) > kCheckedBytes && !error) return;
  if (db.integer(R"sql(PRAGMA page_count)sql").value_or(0) > kCheckedPages) return;
  const auto result = db.text(R"sql(PRAGMA quick_check(1))sql");
  if (result != "ok") throw Failure(FailureKind::damaged, result.value_or("quick_check gave no answer"));
}

void migrate_checked(Database& db, const Location& location, const SchemaHistory& history) {
  const auto version = static_cast<int>(db.integer(R"sql(PRAGMA user_version)sql").value_or(0));
  const auto application = db.integer(R"sql(PRAGMA application_id)sql").value_or(0);
  // What needs the schema comes last: at most starts it is read once, by the first reader.
  const bool ours_or_nobodys = application == 0 || application == kApplicationId;
  if (version == 0 && ours_or_nobodys && !db.exists(R"sql(SELECT 1 FROM sqlite_schema)sql")) {
    create(db, location, history);
    return;
  }
  if (application != kApplicationId) {
    refuse(db, core::ErrorCode::conflict,
           in_quotes(location.path) + " is a database of another program (application_id " +
               std::to_string(application) + "). Name another file with --db; this one was not changed.");
  }
  if (version > history.version) {
    refuse(db, core::ErrorCode::conflict,
           "The database " + in_quotes(location.path) + " has version " + std::to_string(version) +
               ", and this program knows versions up to " + std::to_string(history.version) +
               ". Use a newer program, or another file with --db; this one was not changed.");
  }
  check_content(db, location);
  const int oldest = history.migrations.empty() ? history.version : history.migrations.front().to - 1;
  if (version < oldest) throw Failure(FailureKind::damaged, "it has no version");
  begin_wal(db, location);
  if (version < history.version) upgrade(db, location, history, version);
}

}  // namespace

std::string backup_path(const std::string& path, int version) {
  const std::string base = path + ".v" + std::to_string(version);
  std::string candidate = base + ".backup";
  for (int number = 2; std::filesystem::exists(candidate); ++number) {
    candidate = base + '-' + std::to_string(number) + ".backup";
  }
  return candidate;
}

void migrate(Database& db, const Location& location, const SchemaHistory& history) {
  try {
    migrate_checked(db, location, history);
  } catch (const Failure& failure) {
    refuse(db, core::ErrorCode::unavailable, explain(failure.kind(), location.path, failure.what()));
  }
}

void migrate(Database& db, const Location& location) {
  const Migration migrations[] = {{.to = 2, .script = to_version_2()}};
  static_assert(std::size(migrations) == kSchemaVersion - 1);
  migrate(db, location,
          {.schema = schema(), .version = kSchemaVersion, .migrations = migrations, .empty = &empty_database});
}

}  // namespace storage
