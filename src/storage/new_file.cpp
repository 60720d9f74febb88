#include "storage/new_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "core/error.h"
#include "storage/store.h"

namespace storage {
namespace {

// The file header's words for a database with a write-ahead log, https://www.sqlite.org/fileformat2.html
constexpr std::size_t kWriteVersionAt = 18;
constexpr std::uint8_t kWithLog = 2;

bool write_all(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

void sync_folder(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

bool is_missing(const Location& location) {
  std::error_code error;
  return location.is_plain_file() && !std::filesystem::exists(location.path, error) && !error;
}

}  // namespace

void write_new_database(const Location& location) {
  const std::string beside = location.path + ".new-" + std::to_string(getpid());
  const int fd = open(beside.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return;
  bool whole = false;
  try {
    const Location memory{.path = "new " + beside, .memory = true};
    Database db(memory, Database::Mode::read_write);
    migrate(db, memory);
    sqlite3_int64 size = 0;
    const std::unique_ptr<std::uint8_t, void (*)(void*)> bytes(sqlite3_serialize(db.handle(), "main", &size, 0),
                                                               sqlite3_free);
    if (bytes) {
      bytes.get()[kWriteVersionAt] = bytes.get()[kWriteVersionAt + 1] = kWithLog;
      whole = write_all(fd, {bytes.get(), static_cast<std::size_t>(size)}) && fdatasync(fd) == 0;
    }
  } catch (const Failure&) {
    whole = false;
  } catch (const core::Error&) {
    whole = false;
  }
  close(fd);
  // A link, not a renaming: it never replaces what another server has put there meanwhile.
  if (whole && link(beside.c_str(), location.path.c_str()) == 0) {
    sync_folder(std::filesystem::absolute(location.path).parent_path().string());
  }
  unlink(beside.c_str());
}

NewFile::NewFile(const Location& location) {
  if (!is_missing(location)) return;
  path_ = location.path;
  write_new_database(location);
}

NewFile::~NewFile() {
  if (path_.empty()) return;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) unlink((path_ + suffix).c_str());
}

}  // namespace storage
