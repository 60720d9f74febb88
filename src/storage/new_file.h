// A database that is not there yet. For storage/ only.
#pragma once

#include <string>

#include "storage/database.h"

namespace storage {

// Makes a new file at once: a copy of the empty database is written beside its place, synced, and linked into it, so
// that it is there whole or not at all, for two syncs instead of the eleven of a creation in place. Does nothing
// where the file exists, and nothing where this fails: the connection that is opened next then makes the file in its
// own way, or says why it can't.
void write_new_database(const Location& location);

// Removes a database that was not there before its start failed.
class NewFile {
 public:
  // Calls write_new_database().
  explicit NewFile(const Location& location);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void keep() { path_.clear(); }

 private:
  std::string path_;
};

}  // namespace storage
