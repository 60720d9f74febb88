#include "storage/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "storage/empty_database.h"

namespace storage {
namespace {

// The file header's words for a database with a write-ahead log, https://www.sqlite.org/fileformat2.html
constexpr std::size_t kWriteVersionAt = 18;
constexpr char kWithLog = 2;

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
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
  std::string image = empty_database();
  image[kWriteVersionAt] = image[kWriteVersionAt + 1] = kWithLog;
  const bool whole = write_all(fd, image) && fdatasync(fd) == 0;
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
