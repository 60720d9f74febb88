// From SQLite's result codes to Failure. For storage/ only.
#pragma once

#include <string>

#include "storage/database.h"

namespace storage {

// `code` is an extended result code, `system_error` the errno behind it (0 if there is none).
[[nodiscard]] FailureKind kind_of(int code, int system_error);

// Throws the Failure for the last error of `connection`, with `context` (the SQL, or what was being done) in its text.
[[noreturn]] void raise(sqlite3* connection, int code, const char* context);

// What `code` means for the file at `path`, as a sentence with the fix. `reason` is SQLite's own text.
[[nodiscard]] std::string explain(FailureKind kind, const std::string& path, const std::string& reason);

}  // namespace storage
