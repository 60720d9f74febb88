#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/error.h"
#include "storage/failure.h"
#include "storage/partial_file.h"
#include "storage/store.h"

namespace storage {
namespace {

std::string in_quotes(const std::string& path) { return '"' + path + '"'; }

[[noreturn]] void refuse_in_use(const std::string& path) {
  throw core::conflict("The database " + in_quotes(path) +
                       " is in use by a server. Stop that one, or name another file with --db.");
}

class File {
 public:
  File(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

void copy_file(const std::string& from, const PartialFile& to) {
  const File source(from, O_RDONLY);
  struct stat status {};
  if (!source || fstat(source.fd(), &status) != 0) {
    throw core::not_found("The backup " + in_quotes(from) + " cannot be read: " + std::strerror(errno) + '.');
  }
  if (!S_ISREG(status.st_mode)) throw core::bad_request(in_quotes(from) + " is not a file. Name a backup file.");
  const File target(to.path(), O_WRONLY);
  if (!target) to.refuse(std::strerror(errno));
  std::array<char, 1 << 16> block{};
  for (;;) {
    const ssize_t count = read(source.fd(), block.data(), block.size());
    if (count == 0) return;
    if (count < 0) {
      throw core::unavailable("The backup " + in_quotes(from) + " cannot be read: " + std::strerror(errno) + '.');
    }
    for (ssize_t done = 0; done < count;) {
      const ssize_t written = write(target.fd(), block.data() + done, static_cast<std::size_t>(count - done));
      if (written < 0) to.refuse(std::strerror(errno));
      done += written;
    }
  }
}

bool is_not_empty(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && status.st_size > 0;
}

// The copy, not the backup itself: that one may be on a disk that cannot be written, and stays as it is.
void check_copy(const std::string& copy, const std::string& file) {
  const auto refuse = [&](const std::string& why) {
    throw core::conflict(in_quotes(file) + " cannot be restored: " + why + '.');
  };
  try {
    Database db({.path = copy, .shared_vfs = true}, Database::Mode::read_write);
    const auto version = db.integer(R"sql(PRAGMA user_version)sql").value_or(0);
    if (version == 0) refuse("it is empty");
    if (version > kSchemaVersion) {
      refuse("it has version " + std::to_string(version) + ", and this program knows versions up to " +
             std::to_string(kSchemaVersion));
    }
    const auto result = db.text(R"sql(PRAGMA integrity_check(1))sql");
    if (result != "ok") refuse("it is damaged (" + result.value_or("no answer") + ')');
    if (db.exists(R"sql(SELECT 1 FROM pragma_foreign_key_check LIMIT 1)sql")) {
      refuse("it is damaged (rows refer to missing ones)");
    }
  } catch (const Failure&) {
    refuse("it is no backup of a ClankdIn server, or damaged");
  }
}

// The way of SQLite's Unix VFS to say that a file is in use: POSIX locks on these bytes, whatever the file holds
// (https://www.sqlite.org/src/file?name=src/os_unix.c, "PENDING_BYTE"). Held as long as `file` is open.
bool lock_whole(const File& file) {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = 0x40000000;
  range.l_len = 512;
  return fcntl(file.fd(), F_SETLK, &range) == 0;
}

// Brings what a killed server left in the log into the database, or, where that one is past reading, takes the log
// away: beside another database it would be played into it.
void settle_log(const std::string& path) {
  if (!is_not_empty(path + "-wal")) return;
  try {
    Database db({.path = path}, Database::Mode::read_write);
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const Failure& failure) {
    if (failure.kind() == FailureKind::busy) refuse_in_use(path);
  }
}

void remove_log(const std::string& path) {
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    const std::string file = path + suffix;
    if (unlink(file.c_str()) != 0 && errno != ENOENT) {
      throw core::unavailable(in_quotes(file) + " cannot be removed: " + std::strerror(errno) + '.');
    }
  }
}

}  // namespace

void restore(const std::string& file, const std::string& path, bool force) {
  std::error_code error;
  if (std::filesystem::equivalent(file, path, error)) {
    throw core::bad_request(in_quotes(file) + " is the database itself. Name a backup of it.");
  }
  if (is_not_empty(file + "-wal")) {
    throw core::conflict(in_quotes(file) + " has a write-ahead log beside it: it is a database in use, not a backup. " +
                         "Make a backup of it with clankdin backup.");
  }
  const bool exists = std::filesystem::exists(path, error);
  if (exists && !force) {
    throw core::conflict("The database " + in_quotes(path) + " exists already. --force replaces it.");
  }
  PartialFile copy("database", path);
  copy_file(file, copy);
  check_copy(copy.path(), file);
  if (!exists) {
    remove_log(path);
    copy.complete();
    return;
  }
  settle_log(path);
  const File replaced(path, O_RDWR);
  if (!replaced) copy.refuse(std::strerror(errno));
  if (!lock_whole(replaced)) refuse_in_use(path);
  remove_log(path);
  copy.replace();
}

}  // namespace storage
