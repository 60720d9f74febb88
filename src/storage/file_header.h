// The header of a database file, https://www.sqlite.org/fileformat2.html#the_database_header. For storage/ only.
#pragma once

#include <cstddef>

namespace storage {

// Where it says how the file is written and how it is read, and the word for "with a write-ahead log".
inline constexpr std::size_t kWriteVersionAt = 18;
inline constexpr std::size_t kReadVersionAt = 19;
inline constexpr char kWithoutLog = 1;
inline constexpr char kWithLog = 2;

}  // namespace storage
