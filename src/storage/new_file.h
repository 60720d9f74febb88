// A database that is not there yet. For storage/ only.
#pragma once

#include <memory>
#include <string>

#include "storage/database.h"

namespace storage {

struct MemoryFile;

// Makes the file of a database, on disk or in memory, where there is none. Removes one that was not there before when
// the start failed.
class NewFile {
 public:
  explicit NewFile(const Location& location);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // Whether it made the file: one with the schema, and nothing left to look at or to migrate.
  [[nodiscard]] bool is_whole() const { return whole_; }
  // The start has not failed. By now others have the file open.
  void keep();

 private:
  std::string path_;                    // on disk
  std::shared_ptr<MemoryFile> memory_;  // which is there as long as somebody has it
  bool whole_ = false;
};

}  // namespace storage
