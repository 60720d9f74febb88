#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "archive/folder.h"
#include "archive/kind.h"
#include "core/error.h"

namespace archive {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLinesAStep = 1000;  // between two looks at the stop

[[noreturn]] void refuse(const std::string& path) {
  throw core::unavailable('"' + path + "\" cannot be written: " + std::strerror(errno) + '.');
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : number_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

// A file that lines are added to.
class Output {
 public:
  explicit Output(std::string path) : path_(std::move(path)), file_(path_, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW) {
    if (file_.number() < 0) refuse(path_);
  }

  void add(std::string_view line) {
    constexpr std::size_t kFull = 1 << 16;
    waiting_.append(line).append("\n");
    if (waiting_.size() >= kFull) flush();
  }
  void finish() {
    flush();
    if (fsync(file_.number()) != 0) refuse(path_);
  }

 private:
  void flush() {
    std::string_view rest = waiting_;
    while (!rest.empty()) {
      const ssize_t written = write(file_.number(), rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) refuse(path_);
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    waiting_.clear();
  }

  std::string path_;
  Descriptor file_;
  std::string waiting_;
};

// PATH.part, until it gets its name. What a killed export left there is written over; one that is at work is respected.
class PartialFolder {
 public:
  explicit PartialFolder(const std::string& target) : target_(target), path_(target + ".part") {
    struct stat status {};
    // An empty folder may be there already: a mounted one often is.
    if (lstat(target_.c_str(), &status) == 0 && !fs::is_empty(target_)) {
      throw core::conflict('"' + target_ + "\" exists already. Name a new folder for the export.");
    }
    if (mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) refuse(path_);
    lock_.emplace(path_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (lock_->number() < 0) refuse(path_);
    if (flock(lock_->number(), LOCK_EX | LOCK_NB) != 0) {
      throw core::conflict("Another export is writing \"" + path_ + "\".");
    }
    clear();
  }
  ~PartialFolder() {
    if (complete_) return;
    clear();
    rmdir(path_.c_str());
  }
  PartialFolder(const PartialFolder&) = delete;
  PartialFolder& operator=(const PartialFolder&) = delete;

  [[nodiscard]] std::string file(std::string_view kind) const {
    return path_ + "/" + std::string(kind).append(".ndjson");
  }

  // On disk, and only then under its name.
  void complete() {
    if (fsync(lock_->number()) != 0 || std::rename(path_.c_str(), target_.c_str()) != 0) refuse(target_);
    complete_ = true;
    const auto parent = fs::absolute(target_).parent_path().string();
    const Descriptor folder(parent, O_RDONLY | O_DIRECTORY);
    if (folder.number() < 0 || fsync(folder.number()) != 0) refuse(parent);
  }

 private:
  // Our own files only, whatever else is there.
  void clear() const {
    for (const auto kind : kinds()) unlink(file(kind).c_str());
  }

  std::string target_;
  std::string path_;
  std::optional<Descriptor> lock_;
  bool complete_ = false;
};

}  // namespace

std::vector<Count> write_folder(storage::Database& db, const std::string& path, const ExportOptions& options) {
  std::string target = path;
  while (target.size() > 1 && target.ends_with('/')) target.pop_back();
  PartialFolder folder(target);
  std::vector<Count> counts;
  for (const Kind& kind : all_kinds()) {
    if (kind.secret && !options.with_secrets) continue;
    Output output(folder.file(kind.name));
    std::int64_t lines = 0;
    kind.write(db, [&](std::string_view line) {
      if (++lines % kLinesAStep == 0 && options.stop.stop_requested()) {
        throw core::unavailable("The export was broken off: the server stops.");
      }
      output.add(line);
    });
    output.finish();
    counts.push_back({kind.name, lines});
  }
  folder.complete();
  return counts;
}

}  // namespace archive
