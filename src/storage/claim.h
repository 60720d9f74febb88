// One server per database: the claim of a Store on its file. For storage/ only.
#pragma once

#include <string>

#include "storage/database.h"

namespace storage {

// Held for the life of a Store. In `unix-excl` SQLite's own lock keeps other processes out; with the ordinary VFS,
// which lets them in, a lock file beside the database tells servers of each other. Within this process a list does.
class Claim {
 public:
  // Throws Failure (busy) with a sentence if the database is claimed already.
  explicit Claim(const Location& location);
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  void lock_file(const std::string& path);

  std::string name_;       // in the list of this process
  std::string lock_path_;  // empty without a lock file
  int lock_fd_ = -1;
};

}  // namespace storage
