#include "storage/opening.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>

#include "storage/failure.h"
#include "storage/file_header.h"
#include "storage/store.h"

namespace storage {
namespace {

std::string in_quotes(const std::string& path) { return '"' + path + '"'; }

[[noreturn]] void refuse(FailureKind kind, std::string sentence) { throw Failure(kind, std::move(sentence)); }

[[noreturn]] void refuse_foreign(const std::string& path) {
  refuse(FailureKind::damaged, in_quotes(path) +
                                   " is not a SQLite database, or its beginning is damaged. Name another "
                                   "file with --db, or restore a backup; this one was not changed.");
}

void create_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) {
    close(fd);
    return;
  }
  if (errno == EEXIST) return;
  const int error = errno;
  refuse(error == ENOSPC || error == EDQUOT ? FailureKind::full : FailureKind::other,
         "The database " + in_quotes(path) + " cannot be created: " + std::strerror(error) + '.');
}

// https://www.sqlite.org/fileformat2.html#the_database_header
using Header = std::array<std::uint8_t, 100>;

// A big-endian number of it.
std::uint32_t header_number(const Header& header, std::size_t at) {
  return (std::uint32_t{header[at]} << 24) | (std::uint32_t{header[at + 1]} << 16) |
         (std::uint32_t{header[at + 2]} << 8) | std::uint32_t{header[at + 3]};
}

// Null where the connection has no file.
sqlite3_file* file_of(sqlite3* connection) {
  sqlite3_file* file = nullptr;
  const int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return code == SQLITE_OK && file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

int read_header(sqlite3_file* file, Header& header) {
  return file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0);
}

}  // namespace

bool prepare_file(const std::string& path, Database::Mode mode) {
  struct stat status {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) {
    refuse(FailureKind::other, in_quotes(path) + " is a directory. Name a file in it, such as " +
                                   in_quotes((std::filesystem::path(path) / "clankdin.db").string()) + '.');
  }
  if (exists && !S_ISREG(status.st_mode)) {
    refuse(FailureKind::other, in_quotes(path) + " is not a regular file. Name another file with --db.");
  }
  if (exists && status.st_size == 1) refuse_foreign(path);  // SQLite takes a file of one byte for an empty one
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  if (!exists) {
    if (stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
      refuse(FailureKind::other, "The folder " + in_quotes(folder) + " of the database " + in_quotes(path) +
                                     " does not exist. Create it, or name another file with --db.");
    }
    if (mode == Database::Mode::read_only) {
      refuse(FailureKind::other,
             "The database " + in_quotes(path) + " does not exist. Name an existing file with --db.");
    }
  }
  if (mode == Database::Mode::read_only) {
    if (access(path.c_str(), R_OK) == 0) return false;
    refuse(FailureKind::other, "The database " + in_quotes(path) + " cannot be read: " + std::strerror(errno) +
                                   ". Give this user permission to read it.");
  }
  if (exists && access(path.c_str(), R_OK | W_OK) != 0) {
    refuse(FailureKind::read_only, explain(FailureKind::read_only, path, ""));
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    refuse(FailureKind::read_only, "The folder " + in_quotes(folder) + " of the database " + in_quotes(path) +
                                       " cannot be written. Give this user write permission on it, or name another "
                                       "file with --db.");
  }
  if (!exists) create_file(path);
  return !exists;
}

void check_header(sqlite3* connection, const std::string& path) {
  sqlite3_file* const file = file_of(connection);
  if (file == nullptr) return;
  sqlite3_int64 size = 0;
  int code = file->pMethods->xFileSize(file, &size);
  if (code == SQLITE_OK && size == 0) return;
  Header header{};
  if (code == SQLITE_OK) code = read_header(file, header);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) {
    refuse(kind_of(code, sqlite3_system_errno(connection)),
           "The database " + in_quotes(path) + " cannot be read: " + sqlite3_errstr(code) + '.');
  }
  if (size < 512 || std::memcmp(header.data(), "SQLite format 3", 16) != 0) {
    refuse_foreign(path);
  }
  constexpr std::size_t kApplicationIdAt = 68;
  constexpr std::size_t kPagesAt = 28;
  const std::uint32_t pages = header_number(header, kPagesAt);
  const auto application = static_cast<std::int32_t>(header_number(header, kApplicationIdAt));
  // No page at all: a creation that was broken off before it wrote anything of its own.
  if (application == kApplicationId || (application == 0 && pages == 0)) return;
  refuse(FailureKind::other, in_quotes(path) + " is a database of another program (application_id " +
                                 std::to_string(application) +
                                 "). Name another file with --db; this one was not changed.");
}

bool has_log(sqlite3* connection) {
  sqlite3_file* const file = file_of(connection);
  Header header{};
  return file != nullptr && read_header(file, header) == SQLITE_OK && header[kWriteVersionAt] == kWithLog &&
         header[kReadVersionAt] == kWithLog;
}

}  // namespace storage
