// What has to be true of a file before SQLite may touch it. For storage/ only.
#pragma once

#include <string>

#include "storage/database.h"

namespace storage {

// Throws Failure with a clear sentence for a directory, a missing folder, or one that cannot be written. Creates a
// missing file with mode 0600 (SQLite gives the WAL the same mode); returns true if it did.
bool prepare_file(const std::string& path, Database::Mode mode);

// Looks at the file header through the connection's own descriptor: no lock is taken, no journal played back, nothing
// written. Throws Failure for a file that is neither empty nor ours.
void check_header(sqlite3* connection, const std::string& path);

// Whether the header says that the database has a write-ahead log. Read in the same way, without parsing the schema.
[[nodiscard]] bool has_log(sqlite3* connection);

}  // namespace storage
