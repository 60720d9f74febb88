#include "storage/mapped_file.h"

#include <map>
#include <mutex>

namespace storage {
namespace {

// The functions of a file, which go on to SQLite's own.
struct Methods : sqlite3_io_methods {
  const sqlite3_io_methods* own = nullptr;
};

const sqlite3_io_methods& own_methods(sqlite3_file* file) { return *static_cast<const Methods*>(file->pMethods)->own; }

int release(sqlite3_file* file, sqlite3_int64 offset, void* page) {
  if (page == nullptr) return SQLITE_OK;  // "the whole mapping": follow() sees to it
  return own_methods(file).xUnfetch(file, offset, page);
}

// One for each kind of file that SQLite knows. They are there as long as any connection, those that live until the
// process ends too.
const Methods& keeping(const sqlite3_io_methods* own) {
  static std::mutex mutex;
  static auto& all = *new std::map<const sqlite3_io_methods*, Methods>;
  const std::lock_guard guard(mutex);
  Methods& methods = all[own];
  if (methods.own == nullptr) {
    static_cast<sqlite3_io_methods&>(methods) = *own;
    methods.xUnfetch = release;
    methods.own = own;
  }
  return methods;
}

}  // namespace

MappedFile::MappedFile(sqlite3* connection) {
  constexpr int kWithMapping = 3;
  sqlite3_file* file = nullptr;
  const int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK || file == nullptr || file->pMethods == nullptr) return;
  if (file->pMethods->iVersion < kWithMapping || file->pMethods->xUnfetch == nullptr) return;
  file->pMethods = &keeping(file->pMethods);
  file_ = file;
}

void MappedFile::follow() {
  constexpr std::int64_t kSlack = 256 * 1024;
  sqlite3_int64 size = 0;
  if (file_ == nullptr || file_->pMethods->xFileSize(file_, &size) != SQLITE_OK) return;
  if (size >= mapped_ && size <= mapped_ + mapped_ / 8 + kSlack) return;
  own_methods(file_).xUnfetch(file_, 0, nullptr);
  mapped_ = size;
}

}  // namespace storage
