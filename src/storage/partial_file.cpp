#include "storage/partial_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "core/error.h"

namespace storage {

PartialFile::PartialFile(std::string what, const std::string& target)
    : what_(std::move(what)), target_(target), path_(target + ".part") {
  lock_fd_ = open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (lock_fd_ < 0) refuse(std::strerror(errno));
  const bool locked = flock(lock_fd_, LOCK_EX | LOCK_NB) == 0;
  if (locked && ftruncate(lock_fd_, 0) == 0) return;
  const int error = errno;
  close(lock_fd_);
  if (!locked) refuse("another process is writing \"" + path_ + '"');
  refuse(std::strerror(error));
}

PartialFile::~PartialFile() {
  if (!complete_) unlink(path_.c_str());
  close(lock_fd_);
}

void PartialFile::complete() {
  sync(path_, O_RDWR);
  if (link(path_.c_str(), target_.c_str()) == 0) {
    unlink(path_.c_str());
  } else {
    if (errno == EEXIST) refuse("there is a file of that name by now");
    if (rename(path_.c_str(), target_.c_str()) != 0) refuse(std::strerror(errno));  // no hard links here
  }
  complete_ = true;
  sync_folder();
}

void PartialFile::replace() {
  sync(path_, O_RDWR);
  if (rename(path_.c_str(), target_.c_str()) != 0) refuse(std::strerror(errno));
  complete_ = true;
  sync_folder();
}

void PartialFile::refuse(const std::string& reason) const {
  throw core::unavailable("The " + what_ + " \"" + target_ + "\" cannot be written: " + reason + '.');
}

void PartialFile::sync(const std::string& path, int flags) const {
  const int fd = open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) close(fd);
  if (!synced) refuse(std::strerror(error));
}

void PartialFile::sync_folder() const {
  const std::string folder = std::filesystem::path(target_).parent_path().string();
  sync(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
}

}  // namespace storage
