// A database with our schema and nothing in it, as it was made when the program was built. To copy it takes a fraction
// of the time that running schema.sql takes, at the start of each server with a new file or none. For storage/ only.
#pragma once

#include <string>

namespace storage {

// The bytes of its file (without a write-ahead log), schema version and application id included.
[[nodiscard]] std::string empty_database();

}  // namespace storage
