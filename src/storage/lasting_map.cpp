#include "storage/lasting_map.h"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>

namespace storage {
namespace {

constexpr sqlite3_int64 kUnmapped = 4 << 20;  // so much of the end may be read without the mapping, or an eighth
constexpr int kProbe = 1;

const sqlite3_io_methods* original = nullptr;
sqlite3_io_methods lasting{};

// True if the mapping reaches to where the file ends, or nearly so. Maps the file if it is not mapped.
bool reaches_end(sqlite3_file* file) {
  sqlite3_int64 size = 0;
  if (original->xFileSize(file, &size) != SQLITE_OK) return false;
  const sqlite3_int64 last = size - std::max(kUnmapped, size / 8);
  if (last < 0) return false;
  void* mapped = nullptr;
  if (original->xFetch(file, last, kProbe, &mapped) != SQLITE_OK || mapped == nullptr) return false;
  return original->xUnfetch(file, last, mapped) == SQLITE_OK;
}

// A null page asks to unmap everything.
int unfetch(sqlite3_file* file, sqlite3_int64 offset, void* page) {
  if (page == nullptr && reaches_end(file)) return SQLITE_OK;
  return original->xUnfetch(file, offset, page);
}

}  // namespace

void keep_mapped(sqlite3* connection) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK) return;
  if (file == nullptr) return;
  if (file->pMethods == nullptr || file->pMethods->iVersion < 3 || file->pMethods->xFetch == nullptr) return;
  static std::once_flag once;
  std::call_once(once, [&] {
    original = file->pMethods;
    lasting = *original;
    lasting.xUnfetch = unfetch;
  });
  if (file->pMethods == original) file->pMethods = &lasting;
}

}  // namespace storage
