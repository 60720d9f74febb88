// Files in this process's memory, for SQLite: a database in memory that several connections use at once, as they would
// use a file (WAL, readers beside the writer). SQLite's own shared memory databases lock readers out while one writes.
#pragma once

#include <memory>
#include <string>

namespace storage {

struct MemoryFile;

// The name under which the VFS is registered (at the first call). A file is there as long as somebody has it open; then
// its memory is given back. All functions of the VFS may be called from any thread.
[[nodiscard]] const char* memory_vfs();

// A new, empty file of that name, as if it were open. Null if there is one.
[[nodiscard]] std::shared_ptr<MemoryFile> create_memory_file(const std::string& name);

}  // namespace storage
