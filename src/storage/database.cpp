#include "storage/database.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>
#include <unistd.h>

#include <optional>
#include <unordered_map>
#include <utility>

#include "storage/failure.h"
#include "storage/functions.h"
#include "storage/mapped_file.h"
#include "storage/memory_vfs.h"
#include "storage/opening.h"
#include "storage/sqlite_memory.h"
#include "storage/statement.h"

namespace storage {
namespace {

constexpr int kOpenTimeoutMs = 250;  // a server that is just stopping may still hold the file
constexpr int kBusyTimeoutMs = 5000;

// In `unix-excl` the first lock of the writing connection takes the whole file for this process; the shared memory of
// the WAL is then ordinary memory.
const char* vfs_name(const Location& location) {
  if (!location.vfs.empty()) return location.vfs.c_str();
  if (location.memory) return memory_vfs();
  return location.shared_vfs ? "unix" : "unix-excl";
}

int open_flags(Database::Mode mode) {
  // A new file in memory is made by its first connection; on disk it is there by now.
  return mode == Database::Mode::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
                                            : SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
}

void harden(sqlite3* connection) {
  sqlite3_extended_result_codes(connection, 1);
  const std::pair<int, int> settings[] = {
      {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_DQS_DML, 0},
      {SQLITE_DBCONFIG_DQS_DDL, 0},     {SQLITE_DBCONFIG_ENABLE_FKEY, 1},    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
      {SQLITE_DBCONFIG_ENABLE_QPSG, 1},
  };
  for (const auto& [setting, value] : settings) sqlite3_db_config(connection, setting, value, nullptr);
}

SQLite::Database open_connection(const Location& location, Database::Mode mode) {
  configure_sqlite();
  const bool created = location.is_plain_file() && prepare_file(location.path, mode);
  try {
    SQLite::Database connection(location.path, open_flags(mode), kOpenTimeoutMs, vfs_name(location));
    harden(connection.getHandle());
    add_functions(connection.getHandle());
    if (!location.memory) check_header(connection.getHandle(), location.path);
    if (mode == Database::Mode::read_write && sqlite3_db_readonly(connection.getHandle(), "main") == 1) {
      throw Failure(FailureKind::read_only, explain(FailureKind::read_only, location.path, ""));
    }
    return connection;
  } catch (const SQLite::Exception& error) {
    if (created) unlink(location.path.c_str());
    const FailureKind kind = kind_of(error.getExtendedErrorCode(), 0);
    throw Failure(kind, explain(kind, location.path, error.getErrorStr()));
  }
}

}  // namespace

struct Database::State {
  explicit State(SQLite::Database opened) : connection(std::move(opened)) {}
  ~State() {
    // An open statement would make the connection's destructor abort the process.
    for (auto& [literal, entry] : statements) sqlite3_finalize(entry.statement);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  SQLite::Database connection;
  std::unordered_map<const char*, Query::Entry> statements;  // by the address of the literal
  std::optional<MappedFile> mapped_file;  // of a reader
  bool ready_to_write = false;
  std::vector<std::function<void()>> after_commit;
  std::function<void(Database&)> before_commit;
};

Database::Database(const Location& location, Mode mode)
    : state_(std::make_unique<State>(open_connection(location, mode))) {
  try {
    // secure_delete is on in some builds and doubles what a deletion writes. Readers find pages in mapped memory, and
    // so get along with SQLite's small cache.
    execute("PRAGMA temp_store = MEMORY; PRAGMA secure_delete = OFF; PRAGMA mmap_size = 2147418112;");
    if (mode == Mode::read_write) {
      // The search index is kept by triggers, in which FTS5 does not count as safe with every SQLite. Of the functions
      // that a schema could call, none has effects.
      execute("PRAGMA trusted_schema = ON;");
      // A damaged page is refused when it is read, before a write spreads the damage.
      execute("PRAGMA cell_size_check = ON;");
      sqlite3_wal_autocheckpoint(handle(), 0);
    } else {
      execute("PRAGMA query_only = ON;");
      if (location.is_plain_file() && !location.shared_vfs) state_->mapped_file.emplace(handle());
    }
    // A number of the header: shows whether the file can be locked and read, without the cost of parsing the schema.
    execute("PRAGMA user_version;");
  } catch (const Failure& failure) {
    // Nothing of a file that is refused is to be changed, not even by a checkpoint.
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    throw Failure(failure.kind(), explain(failure.kind(), location.path, failure.what()));
  }
  sqlite3_busy_timeout(handle(), kBusyTimeoutMs);
}

Database::~Database() = default;

Query Database::prepare(Sql sql) {
  Query::Entry& cached = state_->statements[sql.text()];
  if (!cached.in_use && cached.statement != nullptr) return Query(*this, cached);

  const bool temporary = cached.in_use;
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle(), sql.text(), static_cast<int>(sql.length()) + 1,
                                      temporary ? 0 : SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) raise(handle(), code, sql.text());
  Query::Entry& entry = temporary ? *new Query::Entry : cached;  // the Query deletes a temporary one
  entry.statement = statement;
  entry.sql = sql.text();
  entry.parameters = sqlite3_bind_parameter_count(statement);
  entry.temporary = temporary;
  return Query(*this, entry);
}

void Database::execute(const std::string& script) {
  const int code = state_->connection.tryExec(script);
  if (code != SQLITE_OK) raise(handle(), code, "");
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle()); }

std::int64_t Database::changes() const { return sqlite3_changes64(handle()); }

std::int64_t Database::total_changes() const { return sqlite3_total_changes64(handle()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

void Database::set_before_commit(std::function<void(Database&)> step) { state_->before_commit = std::move(step); }

void Database::begin_write() {
  if (!state_->ready_to_write) {
    // Not when it is opened: for these SQLite parses the schema, and a start has other things to do. The cache is as
    // large as posting needs; a larger one made no difference with a million posts.
    execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;");
    state_->ready_to_write = true;
  }
  run(R"sql(BEGIN IMMEDIATE)sql");
}

void Database::begin_read() {
  if (state_->mapped_file) state_->mapped_file->follow();
  run(R"sql(BEGIN)sql");
}

void Database::commit() {
  if (state_->before_commit) state_->before_commit(*this);
  run(R"sql(COMMIT)sql");
}

void Database::after_commit(std::function<void()> action) { state_->after_commit.push_back(std::move(action)); }

std::vector<std::function<void()>> Database::take_after_commit() { return std::exchange(state_->after_commit, {}); }

std::size_t Database::after_commit_count() const { return state_->after_commit.size(); }

void Database::drop_after_commit(std::size_t keep) {
  if (keep < state_->after_commit.size()) state_->after_commit.resize(keep);
}

sqlite3* Database::handle() const { return state_->connection.getHandle(); }

Transaction::Transaction(Database& db, Kind kind) : db_(db) {
  if (kind == Kind::write) {
    db_.begin_write();
  } else {
    db_.begin_read();
  }
}

Transaction::~Transaction() {
  // SQLite itself has rolled back after some errors (a full disk). One that cannot be rolled back stays open, and
  // whoever uses the connection next finds it so.
  if (!open_ || !db_.in_transaction()) return;
  try {
    db_.run(R"sql(ROLLBACK)sql");
  } catch (const std::exception&) {
    sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  db_.commit();
  open_ = false;
}

}  // namespace storage
