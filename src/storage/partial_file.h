// A file under a name of its own until it is complete. For storage/ only.
#pragma once

#include <string>

namespace storage {

// FILE.part: made (mode 0600) and locked by the constructor, removed by the destructor unless it got its name. What a
// killed process left there is overwritten; a second one that is at work is respected.
class PartialFile {
 public:
  // `what` is what the file will be, for errors: "backup". Throws core::Error if it cannot be made.
  PartialFile(std::string what, const std::string& target);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // On disk, and only then under its name, in one step; never over a file that is there. Throws core::Error.
  void complete();
  // The same over a file that is there.
  void replace();

  // Throws core::Error: "The backup "x" cannot be written: …"
  [[noreturn]] void refuse(const std::string& reason) const;

 private:
  void sync(const std::string& path, int flags) const;
  void sync_folder() const;

  std::string what_;
  std::string target_;
  std::string path_;
  int lock_fd_ = -1;
  bool complete_ = false;
};

}  // namespace storage
