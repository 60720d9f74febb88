// Every number and every list that is kept twice, counted again.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "storage/database.h"

namespace server {

// Compares what schema.sql's triggers keep with what it counts. `report` gets a line for each thing whose number is
// wrong (of one kind at most 20); `between` is called between two kinds and may throw. Returns how many are wrong.
// Reads whole tables.
std::int64_t recount(storage::Database& db, const std::function<void(std::string_view line)>& report,
                     const std::function<void()>& between);

}  // namespace server
