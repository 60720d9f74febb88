#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <filesystem>
#include <functional>
#include <memory>

#include "core/error.h"
#include "storage/failure.h"
#include "storage/functions.h"
#include "storage/partial_file.h"
#include "storage/store.h"

namespace storage {
namespace {

constexpr int kPagesPerStep = 64;

struct EndBackup {
  void operator()(sqlite3_backup* copy) const { sqlite3_backup_finish(copy); }
};
using Copy = std::unique_ptr<sqlite3_backup, EndBackup>;

// `with_source` runs an action on the thread that the source belongs to, between its transactions.
void copy_pages(SQLite::Database& target, const std::stop_token& stop,
                const std::function<void(const std::function<void(Database&)>&)>& with_source) {
  Copy copy;
  bool more = true;
  const auto step = [&](Database& source) {
    if (!copy) copy.reset(sqlite3_backup_init(target.getHandle(), "main", source.handle(), "main"));
    const int code = copy ? sqlite3_backup_step(copy.get(), kPagesPerStep) : SQLITE_ERROR;
    if (code == SQLITE_OK) return;
    more = false;
    copy.reset();
    if (code != SQLITE_DONE) raise(target.getHandle(), code, "backup");
  };
  try {
    while (more) {
      if (stop.stop_requested()) throw core::unavailable("The backup was broken off: the server stops.");
      with_source(step);
    }
  } catch (...) {
    // The copy is known to the source connection, and so ends on its thread too.
    if (copy) with_source([&](Database&) { copy.reset(); });
    throw;
  }
}

void write_backup(const std::string& file, const std::stop_token& stop,
                  const std::function<void(const std::function<void(Database&)>&)>& with_source) {
  if (std::filesystem::exists(file)) {
    throw core::conflict('"' + file + "\" exists already. Name a new file for the backup.");
  }
  PartialFile partial("backup", file);
  try {
    SQLite::Database target(partial.path(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, 0, "unix");
    add_functions(target.getHandle());  // newer SQLite checks the search index too
    target.exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF");  // nobody needs it before it is complete
    copy_pages(target, stop, with_source);
    target.exec("PRAGMA journal_mode = DELETE");  // one file, without a WAL beside it
    const std::string result = target.execAndGet("PRAGMA integrity_check(1)").getString();
    if (result != "ok") partial.refuse("the copy is damaged (" + result + ")");
  } catch (const SQLite::Exception& error) {
    partial.refuse(error.getErrorStr());
  } catch (const Failure& failure) {
    partial.refuse(failure.what());
  }
  partial.complete();
}

}  // namespace

void backup(Store& store, const std::string& file, const std::stop_token& stop) {
  write_backup(file, stop, [&](const std::function<void(Database&)>& step) { store.between_batches(step); });
}

void backup(Database& db, const std::string& file) {
  write_backup(file, {}, [&](const std::function<void(Database&)>& step) { step(db); });
}

}  // namespace storage
