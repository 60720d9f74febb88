#include "support/power_loss.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <vector>

#include "storage/memory_file.h"

namespace support {
namespace {

struct Change {
  bool truncates = false;
  std::size_t offset = 0;  // or the new size
  std::string bytes;
};

// What everybody sees, what is safe, and the changes between the two.
struct DiskFile {
  std::string seen;
  std::string safe;
  std::vector<Change> unsynced;
  storage::FileLocks locks;
  storage::SharedIndex index;
};

void carry_out(std::string& content, const Change& change) {
  if (change.truncates) {
    content.resize(std::min(content.size(), change.offset));
    return;
  }
  if (content.size() < change.offset + change.bytes.size()) content.resize(change.offset + change.bytes.size());
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

}  // namespace

struct PowerLossDisk::State {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<DiskFile>> files;  // guarded by mutex, with all that is in them but the locks
  std::mt19937_64 random;
  std::int64_t writes_left = -1;  // guarded by mutex; negative: no end
  std::int64_t lost = 0;
  std::atomic<bool> cut{false};
  std::string name;
  sqlite3_vfs vfs{};

  // Counts a write. False if the power is gone.
  bool spend() {
    if (cut) return false;
    if (writes_left >= 0 && writes_left-- == 0) cut = true;
    return !cut;
  }
};

namespace {

using State = PowerLossDisk::State;
constexpr std::size_t kSector = 512;

struct Handle {
  sqlite3_file base{};
  State* disk = nullptr;
  std::shared_ptr<DiskFile> file;
  int lock = SQLITE_LOCK_NONE;
  storage::SharedIndex::Held index;
};

Handle& handle_of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
State& state_of(sqlite3_vfs* vfs) { return *static_cast<State*>(vfs->pAppData); }

int close_file(sqlite3_file* file) {
  Handle& handle = handle_of(file);
  handle.file->locks.unlock(handle.lock, SQLITE_LOCK_NONE);
  handle.file->index.leave(handle.index);
  handle.~Handle();
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  Handle& handle = handle_of(file);
  const std::lock_guard guard(handle.disk->mutex);
  if (handle.disk->cut) return SQLITE_IOERR_READ;
  const std::string& seen = handle.file->seen;
  const auto at = static_cast<std::size_t>(offset);
  const auto wanted = static_cast<std::size_t>(count);
  const std::size_t got = at < seen.size() ? std::min(wanted, seen.size() - at) : 0;
  std::memcpy(out, seen.data() + std::min(at, seen.size()), got);
  std::memset(static_cast<char*>(out) + got, 0, wanted - got);
  return got == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int change_file(sqlite3_file* file, Change change, int failure) {
  Handle& handle = handle_of(file);
  const std::lock_guard guard(handle.disk->mutex);
  const bool has_power = !handle.disk->cut;
  const bool done = handle.disk->spend();
  // The write during which the power goes may reach the disk as well.
  if (has_power) {
    carry_out(handle.file->seen, change);
    handle.file->unsynced.push_back(std::move(change));
  }
  return done ? SQLITE_OK : failure;
}

int write_file(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
  return change_file(file,
                     {.truncates = false,
                      .offset = static_cast<std::size_t>(offset),
                      .bytes = std::string(static_cast<const char*>(data), static_cast<std::size_t>(count))},
                     SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return change_file(file, {.truncates = true, .offset = static_cast<std::size_t>(size), .bytes = {}},
                     SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int) {
  Handle& handle = handle_of(file);
  const std::lock_guard guard(handle.disk->mutex);
  if (!handle.disk->spend()) return SQLITE_IOERR_FSYNC;
  for (const Change& change : handle.file->unsynced) carry_out(handle.file->safe, change);
  handle.file->unsynced.clear();
  return SQLITE_OK;
}

int size_file(sqlite3_file* file, sqlite3_int64* size) {
  Handle& handle = handle_of(file);
  const std::lock_guard guard(handle.disk->mutex);
  *size = static_cast<sqlite3_int64>(handle.file->seen.size());
  return handle.disk->cut ? SQLITE_IOERR_FSTAT : SQLITE_OK;
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
// As SQLite assumes of ordinary disks: a torn write damages nothing beside it.
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

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

constexpr sqlite3_io_methods kMethods = {
    2,          close_file,    read_file,      write_file,   truncate_file, sync_file,       size_file,
    lock_file,  unlock_file,   check_reserved, control_file, sector_size,   characteristics, map_index,
    lock_index, index_barrier, unmap_index,    nullptr,      nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  out->pMethods = nullptr;
  State& disk = state_of(vfs);
  const std::lock_guard guard(disk.mutex);
  if (disk.cut || name == nullptr) return SQLITE_CANTOPEN;
  if (disk.files.count(name) == 0) {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    disk.files[name] = std::make_shared<DiskFile>();
  }
  auto* handle = new (out) Handle;
  handle->disk = &disk;
  handle->file = disk.files[name];
  handle->base.pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

// Names are safe at once: SQLite syncs the folder where it matters.
int delete_file(sqlite3_vfs* vfs, const char* name, int) {
  State& disk = state_of(vfs);
  const std::lock_guard guard(disk.mutex);
  if (!disk.spend()) return SQLITE_IOERR_DELETE;
  return disk.files.erase(name) == 1 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* result) {
  State& disk = state_of(vfs);
  const std::lock_guard guard(disk.mutex);
  *result = disk.files.count(name) == 1 ? 1 : 0;
  return disk.cut ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

PowerLossDisk::PowerLossDisk(std::uint64_t seed) : state_(std::make_unique<State>()) {
  static std::atomic<int> disks{0};
  sqlite3_initialize();
  state_->random.seed(seed);
  state_->name = "power-loss-" + std::to_string(disks++);
  // Chance, time and sleep stay the operating system's: its functions don't look at the VFS they are called with.
  state_->vfs = *sqlite3_vfs_find(nullptr);
  state_->vfs.pNext = nullptr;
  state_->vfs.iVersion = 2;
  state_->vfs.szOsFile = sizeof(Handle);
  state_->vfs.mxPathname = 512;
  state_->vfs.zName = state_->name.c_str();
  state_->vfs.pAppData = state_.get();
  state_->vfs.xOpen = open_file;
  state_->vfs.xDelete = delete_file;
  state_->vfs.xAccess = access_file;
  state_->vfs.xFullPathname = full_name;
  state_->vfs.xGetLastError = last_error;
  sqlite3_vfs_register(&state_->vfs, 0);
}

PowerLossDisk::~PowerLossDisk() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& PowerLossDisk::vfs() const { return state_->name; }

void PowerLossDisk::cut_after(std::int64_t writes) {
  const std::lock_guard guard(state_->mutex);
  state_->writes_left = writes;
}

bool PowerLossDisk::is_cut() const { return state_->cut; }

void PowerLossDisk::restore() {
  const std::lock_guard guard(state_->mutex);
  const auto chance = [this](std::uint64_t of) { return state_->random() % of; };
  for (auto& [name, file] : state_->files) {
    for (Change& change : file->unsynced) {
      const std::uint64_t fate = chance(3);
      if (fate == 0) {
        ++state_->lost;
        continue;
      }
      const std::size_t sectors = change.bytes.size() / kSector;
      if (fate == 1 && !change.truncates && sectors > 0) {
        ++state_->lost;
        for (std::size_t sector = 0; sector < sectors; ++sector) {
          if (chance(2) == 0) continue;
          carry_out(file->safe, {.truncates = false,
                                 .offset = change.offset + sector * kSector,
                                 .bytes = change.bytes.substr(sector * kSector, kSector)});
        }
        continue;
      }
      carry_out(file->safe, change);
    }
    auto fresh = std::make_shared<DiskFile>();
    fresh->seen = fresh->safe = std::move(file->safe);
    file = std::move(fresh);
  }
  state_->writes_left = -1;
  state_->cut = false;
}

std::int64_t PowerLossDisk::lost() const {
  const std::lock_guard guard(state_->mutex);
  return state_->lost;
}

}  // namespace support
