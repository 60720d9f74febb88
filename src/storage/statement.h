// A prepared statement in a connection's cache. For storage/ only.
#pragma once

#include <sqlite3.h>

#include "storage/database.h"

namespace storage {

struct Query::Entry {
  sqlite3_stmt* statement = nullptr;
  const char* sql = nullptr;
  int parameters = 0;
  bool in_use = false;
  bool done = false;       // stepped to the end: another sqlite3_step() would start it anew
  bool temporary = false;  // not in the cache: made because the cached one is in use
};

}  // namespace storage
