// A database with our schema and nothing in it, as it was made when the program was built. To copy it takes a fraction
// of the time that running schema.sql takes, at the start of each server with a new file or none. For storage/ only.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace storage {

// The bytes of its file (without a write-ahead log), schema version and application id included.
[[nodiscard]] std::string empty_database();

// The same in parts, for who has a place for them already: `visit` is called with each that is not zeros, and with
// where it begins.
void for_each_part_of_empty_database(const std::function<void(std::size_t begin, std::string_view bytes)>& visit);
[[nodiscard]] std::size_t empty_database_size();

}  // namespace storage
