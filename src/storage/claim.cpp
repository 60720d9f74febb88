#include "storage/claim.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>

#include "storage/failure.h"

namespace storage {
namespace {

std::mutex claims_mutex;

std::set<std::string>& claims() {
  static std::set<std::string> names;
  return names;
}

// The same file under another name has the same claim, also before it exists.
std::string name_of(const Location& location) {
  if (location.memory || !location.vfs.empty()) return location.vfs + "\n" + location.path;
  std::error_code error;
  const auto canonical = std::filesystem::weakly_canonical(location.path, error);
  return error ? location.path : canonical.string();
}

}  // namespace

Claim::Claim(const Location& location) : name_(name_of(location)) {
  {
    const std::lock_guard guard(claims_mutex);
    if (!claims().insert(name_).second) {
      throw Failure(FailureKind::busy, explain(FailureKind::busy, location.path, ""));
    }
  }
  if (location.memory || !location.shared_vfs) return;
  try {
    lock_file(location.path);
  } catch (...) {
    const std::lock_guard guard(claims_mutex);
    claims().erase(name_);
    throw;
  }
}

void Claim::lock_file(const std::string& path) {
  const std::string lock_path = path + "-lock";
  for (;;) {
    const int fd = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    // A folder that cannot be written, or none: opening the database says so better.
    if (fd < 0) return;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      close(fd);
      if (error == EINTR) continue;
      throw Failure(FailureKind::busy, explain(FailureKind::busy, path, ""));
    }
    // The server before may have removed its lock file between our open() and flock().
    struct stat locked {};
    struct stat named {};
    if (fstat(fd, &locked) == 0 && stat(lock_path.c_str(), &named) == 0 && locked.st_ino == named.st_ino) {
      lock_fd_ = fd;
      lock_path_ = lock_path;
      return;
    }
    close(fd);
  }
}

Claim::~Claim() {
  if (lock_fd_ >= 0) {
    unlink(lock_path_.c_str());
    close(lock_fd_);
  }
  const std::lock_guard guard(claims_mutex);
  claims().erase(name_);
}

}  // namespace storage
