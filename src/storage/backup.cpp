#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>

#include "core/error.h"
#include "storage/failure.h"
#include "storage/functions.h"
#include "storage/store.h"

namespace storage {
namespace {

constexpr int kPagesPerStep = 64;

std::string in_quotes(const std::string& path) { return '"' + path + '"'; }

[[noreturn]] void refuse(const std::string& file, const std::string& reason) {
  throw core::unavailable("The backup " + in_quotes(file) + " cannot be written: " + reason + '.');
}

[[noreturn]] void refuse_existing(const std::string& file) {
  throw core::conflict(in_quotes(file) + " exists already. Name a new file for the backup.");
}

// A file under a name of its own until it is complete; removed unless it was.
class PartialFile {
 public:
  explicit PartialFile(const std::string& target) : target_(target), path_(target + ".part") {
    if (std::filesystem::exists(target)) refuse_existing(target);
    const int fd = open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
      const int error = errno;
      if (error == EEXIST) refuse(target, "another backup is writing " + in_quotes(path_) + "; remove it if none does");
      refuse(target, std::strerror(error));
    }
    close(fd);
  }
  ~PartialFile() {
    if (!complete_) unlink(path_.c_str());
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // On disk, and only then under its name; never over a file that has come there meanwhile.
  void complete() {
    sync(path_, O_RDWR);
    if (link(path_.c_str(), target_.c_str()) != 0) {
      if (errno == EEXIST) refuse_existing(target_);
      if (rename(path_.c_str(), target_.c_str()) != 0) refuse(target_, std::strerror(errno));  // no hard links here
    } else {
      unlink(path_.c_str());
    }
    complete_ = true;
    const std::string folder = std::filesystem::path(target_).parent_path().string();
    sync(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  }

 private:
  void sync(const std::string& path, int flags) const {
    const int fd = open(path.c_str(), flags | O_CLOEXEC);
    const bool synced = fd >= 0 && fsync(fd) == 0;
    const int error = errno;
    if (fd >= 0) close(fd);
    if (!synced) refuse(target_, std::strerror(error));
  }

  std::string target_;
  std::string path_;
  bool complete_ = false;
};

struct EndBackup {
  void operator()(sqlite3_backup* copy) const { sqlite3_backup_finish(copy); }
};
using Copy = std::unique_ptr<sqlite3_backup, EndBackup>;

// `with_source` runs an action on the thread that the source belongs to, between its transactions.
void copy_pages(SQLite::Database& target,
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
    while (more) with_source(step);
  } catch (...) {
    // The copy is known to the source connection, and so ends on its thread too.
    if (copy) with_source([&](Database&) { copy.reset(); });
    throw;
  }
}

void write_backup(const std::string& file,
                  const std::function<void(const std::function<void(Database&)>&)>& with_source) {
  PartialFile partial(file);
  try {
    SQLite::Database target(partial.path(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, 0, "unix");
    add_functions(target.getHandle());  // newer SQLite checks the search index too
    target.exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF");  // nobody needs it before it is complete
    copy_pages(target, with_source);
    target.exec("PRAGMA journal_mode = DELETE");  // one file, without a WAL beside it
    const std::string result = target.execAndGet("PRAGMA integrity_check(1)").getString();
    if (result != "ok") refuse(file, "the copy is damaged (" + result + ")");
  } catch (const SQLite::Exception& error) {
    refuse(file, error.getErrorStr());
  } catch (const Failure& failure) {
    refuse(file, failure.what());
  }
  partial.complete();
}

}  // namespace

void backup(Store& store, const std::string& file) {
  write_backup(file, [&](const std::function<void(Database&)>& step) { store.between_batches(step); });
}

void backup(Database& db, const std::string& file) {
  write_backup(file, [&](const std::function<void(Database&)>& step) { step(db); });
}

}  // namespace storage
