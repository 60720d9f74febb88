// Files in this process's memory, for SQLite: a database in memory that several connections use at once, as they would
// use a file (WAL, readers beside the writer). SQLite's own shared memory databases lock readers out while one writes.
#pragma once

namespace storage {

// The name under which the VFS is registered (at the first call). A file is there as long as somebody has it open; then
// its memory is given back. All functions of the VFS may be called from any thread.
[[nodiscard]] const char* memory_vfs();

}  // namespace storage
