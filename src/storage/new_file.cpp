#include "storage/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "storage/empty_database.h"
#include "storage/file_header.h"
#include "storage/memory_file.h"
#include "storage/memory_vfs.h"

namespace storage {
namespace {

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

// False where there is no memory.
bool fill(MemoryFile& file) {
  bool whole = true;
  const auto put = [&](std::size_t at, std::string_view bytes) {
    whole = whole && file.bytes.write(bytes.data(), bytes.size(), at);
  };
  for_each_part_of_empty_database(put);
  put(kWriteVersionAt, {&kWithLog, 1});
  put(kReadVersionAt, {&kWithLog, 1});
  const std::size_t last = empty_database_size() - 1;
  if (file.bytes.size() <= last) put(last, std::string_view("\0", 1));
  return whole;
}

bool is_missing(const Location& location) {
  std::error_code error;
  return location.is_plain_file() && !std::filesystem::exists(location.path, error) && !error;
}

// Makes a new file at once: a copy of the empty database is written beside its place, synced, and linked into it, so
// that it is there whole or not at all, for two syncs instead of the eleven of a creation in place. False where that
// fails: the connection that is opened next then makes the file in its own way, or says why it can't.
bool write_new_database(const Location& location) {
  const std::string beside = location.path + ".new-" + std::to_string(getpid());
  const int fd = open(beside.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  std::string image = empty_database();
  image[kWriteVersionAt] = image[kReadVersionAt] = kWithLog;
  const bool written = write_all(fd, image) && fdatasync(fd) == 0;
  close(fd);
  // A link, not a renaming: it never replaces what another server has put there meanwhile.
  const bool linked = written && link(beside.c_str(), location.path.c_str()) == 0;
  if (linked) sync_folder(std::filesystem::absolute(location.path).parent_path().string());
  unlink(beside.c_str());
  return linked;
}

}  // namespace

NewFile::NewFile(const Location& location) {
  if (location.memory && location.vfs.empty()) {
    memory_ = create_memory_file(location.path);
    whole_ = memory_ && fill(*memory_);
    return;
  }
  if (!is_missing(location)) return;
  path_ = location.path;
  whole_ = write_new_database(location);
}

void NewFile::keep() {
  path_.clear();
  memory_.reset();
}

NewFile::~NewFile() {
  if (path_.empty()) return;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) unlink((path_ + suffix).c_str());
}

}  // namespace storage
