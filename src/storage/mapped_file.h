// A reader's mapping of the database file, kept over commits. For storage/ only.
#pragma once

#include <sqlite3.h>

#include <cstdint>

namespace storage {

// SQLite unmaps the file at the first read after each commit, lest somebody has cut it off and made it longer again
// meanwhile. Where mappings show what is written to the file, as Linux has it for all files that SQLite can have a
// write-ahead log with, they show that too: what is unmapped in vain has every processor that runs a thread of this
// process be told of it, which takes long where one of them waits for its host.
class MappedFile {
 public:
  // Of a connection that only reads; as SQLite does it where it has no file of the system's.
  explicit MappedFile(sqlite3* connection);

  // Before a transaction: lets go of the mapping if the file has become shorter than it, or so much longer that
  // reading what lies behind it costs more.
  void follow();

 private:
  sqlite3_file* file_ = nullptr;
  std::int64_t mapped_ = 0;  // the file's size when it was let go of
};

}  // namespace storage
