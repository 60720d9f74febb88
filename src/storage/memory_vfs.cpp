#include "storage/memory_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>

#include "storage/memory_file.h"

namespace storage {
namespace {

// Files by name, as long as somebody has them open.
class Folder {
 public:
  std::shared_ptr<MemoryFile> open(const std::string& name, bool create) {
    const std::lock_guard guard(mutex_);
    const auto found = files_.find(name);
    if (found != files_.end()) {
      if (auto file = found->second.lock()) return file;
      files_.erase(found);
    }
    if (!create) return nullptr;
    auto file = std::make_shared<MemoryFile>();
    files_.emplace(name, file);
    return file;
  }

  bool contains(const std::string& name) {
    const std::lock_guard guard(mutex_);
    const auto found = files_.find(name);
    return found != files_.end() && !found->second.expired();
  }

  // Those who have it open keep it.
  void remove(const std::string& name) {
    const std::lock_guard guard(mutex_);
    files_.erase(name);
  }

  // Forgets names whose files nobody has open any more.
  void tidy(const std::string& name) {
    const std::lock_guard guard(mutex_);
    const auto found = files_.find(name);
    if (found != files_.end() && found->second.expired()) files_.erase(found);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<MemoryFile>> files_;
};

Folder& folder() {
  static Folder the_folder;
  return the_folder;
}

// An open file as SQLite sees it; SQLite provides its memory and calls close() at the end.
struct Handle {
  sqlite3_file base{};
  std::shared_ptr<MemoryFile> file;
  std::string name;
  int lock = SQLITE_LOCK_NONE;
  SharedIndex::Held index;
};

Handle& handle_of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
MemoryBytes& bytes_of(sqlite3_file* file) { return handle_of(file).file->bytes; }

int close_file(sqlite3_file* file) {
  Handle& handle = handle_of(file);
  handle.file->locks.unlock(handle.lock, SQLITE_LOCK_NONE);
  handle.file->index.leave(handle.index);
  const std::string name = std::move(handle.name);
  handle.~Handle();
  folder().tidy(name);
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  const auto wanted = static_cast<std::size_t>(count);
  const std::size_t got = bytes_of(file).read(static_cast<char*>(out), wanted, static_cast<std::uint64_t>(offset));
  if (got == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + got, 0, wanted - got);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
  const bool written = bytes_of(file).write(static_cast<const char*>(data), static_cast<std::size_t>(count),
                                            static_cast<std::uint64_t>(offset));
  return written ? SQLITE_OK : SQLITE_FULL;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  bytes_of(file).truncate(static_cast<std::uint64_t>(size));
  return SQLITE_OK;
}

int sync_file(sqlite3_file*, int) { return SQLITE_OK; }

int size_file(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(bytes_of(file).size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int wanted) {
  Handle& handle = handle_of(file);
  return handle.file->locks.lock(handle.lock, wanted) ? SQLITE_OK : SQLITE_BUSY;
}

int unlock_file(sqlite3_file* file, int wanted) {
  Handle& handle = handle_of(file);
  handle.file->locks.unlock(handle.lock, wanted);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* reserved) {
  *reserved = handle_of(file).file->locks.is_reserved() ? 1 : 0;
  return SQLITE_OK;
}

int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_ATOMIC | SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_index(sqlite3_file* file, int region, int size, int make, void volatile** out) {
  Handle& handle = handle_of(file);
  bool no_memory = false;
  *out = handle.file->index.region(handle.index, static_cast<std::size_t>(region), static_cast<std::size_t>(size),
                                   make != 0, no_memory);
  return no_memory ? SQLITE_NOMEM : SQLITE_OK;
}

int lock_index(sqlite3_file* file, int first, int count, int flags) {
  Handle& handle = handle_of(file);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    handle.file->index.unlock(handle.index, first, count);
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  return handle.file->index.lock(handle.index, first, count, exclusive) ? SQLITE_OK : SQLITE_BUSY;
}

void index_barrier(sqlite3_file* file) { handle_of(file).file->index.barrier(); }

int unmap_index(sqlite3_file* file, int) {
  Handle& handle = handle_of(file);
  handle.file->index.leave(handle.index);
  return SQLITE_OK;
}

int fetch_page(sqlite3_file* file, sqlite3_int64 offset, int count, void** out) {
  *out = bytes_of(file).fetch(static_cast<std::size_t>(count), static_cast<std::uint64_t>(offset));
  return SQLITE_OK;
}

int unfetch_page(sqlite3_file*, sqlite3_int64, void*) { return SQLITE_OK; }

constexpr sqlite3_io_methods kMethods = {
    3,          close_file,    read_file,      write_file,   truncate_file, sync_file,       size_file,
    lock_file,  unlock_file,   check_reserved, control_file, sector_size,   characteristics, map_index,
    lock_index, index_barrier, unmap_index,    fetch_page,   unfetch_page,
};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  out->pMethods = nullptr;
  try {
    // Without a name: a temporary file of one connection.
    auto file =
        name == nullptr ? std::make_shared<MemoryFile>() : folder().open(name, (flags & SQLITE_OPEN_CREATE) != 0);
    if (!file) return SQLITE_CANTOPEN;
    auto* handle = new (out) Handle;
    handle->file = std::move(file);
    if (name != nullptr) handle->name = name;
    handle->base.pMethods = &kMethods;
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

// SQLite deletes a journal that it has closed, and that is gone by then: no error.
int delete_file(sqlite3_vfs*, const char* name, int) {
  folder().remove(name);
  return SQLITE_OK;
}

int access_file(sqlite3_vfs*, const char* name, int, int* result) {
  *result = folder().contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* out) {
  if (std::strlen(name) >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(out, name, std::strlen(name) + 1);
  return SQLITE_OK;
}

// Chance, time and sleep are the operating system's.
sqlite3_vfs& system_vfs(sqlite3_vfs* self) { return *static_cast<sqlite3_vfs*>(self->pAppData); }
int randomness(sqlite3_vfs* self, int count, char* out) {
  sqlite3_vfs& system = system_vfs(self);
  return system.xRandomness(&system, count, out);
}
int sleep_for(sqlite3_vfs* self, int microseconds) {
  sqlite3_vfs& system = system_vfs(self);
  return system.xSleep(&system, microseconds);
}
int current_time(sqlite3_vfs* self, double* out) {
  sqlite3_vfs& system = system_vfs(self);
  return system.xCurrentTime(&system, out);
}
int current_time_ms(sqlite3_vfs* self, sqlite3_int64* out) {
  sqlite3_vfs& system = system_vfs(self);
  return system.xCurrentTimeInt64(&system, out);
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

sqlite3_vfs make_vfs() {
  sqlite3_vfs vfs{};
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 1024;
  vfs.zName = "clankdin-memory";
  vfs.pAppData = sqlite3_vfs_find(nullptr);
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_name;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep_for;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = current_time_ms;
  return vfs;
}

}  // namespace

std::shared_ptr<MemoryFile> create_memory_file(const std::string& name) {
  return folder().contains(name) ? nullptr : folder().open(name, true);
}

const char* memory_vfs() {
  static sqlite3_vfs vfs = [] {
    folder();  // outlives every connection that a static object may hold
    return make_vfs();
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? vfs.zName : "";
}

}  // namespace storage
