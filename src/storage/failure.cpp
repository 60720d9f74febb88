#include "storage/failure.h"

#include <sqlite3.h>

#include <cerrno>

namespace storage {

FailureKind kind_of(int code, int system_error) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return FailureKind::unique;
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return FailureKind::constraint;
    case SQLITE_FULL:
      return FailureKind::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return FailureKind::busy;
    case SQLITE_READONLY:
      return FailureKind::read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return FailureKind::damaged;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      // The VFS reports ENOSPC of a write as SQLITE_FULL, but not quotas, size limits, and not files it can't create.
      if (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG) return FailureKind::full;
      // By the end of a commit SQLite may have forgotten why a write failed; a limit is the likeliest reason.
      if (code == SQLITE_IOERR_WRITE && system_error == 0) return FailureKind::full;
      if (system_error == EROFS) return FailureKind::read_only;
      return FailureKind::other;
    default:
      return FailureKind::other;
  }
}

void raise(sqlite3* connection, int code, const char* context) {
  const int extended = sqlite3_extended_errcode(connection);
  const bool matches = (extended & 0xff) == (code & 0xff);
  std::string what = matches ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  if (context != nullptr && *context != '\0') {
    what += " (";
    what += context;
    what += ')';
  }
  throw Failure(kind_of(matches ? extended : code, sqlite3_system_errno(connection)), std::move(what));
}

std::string explain(FailureKind kind, const std::string& path, const std::string& reason) {
  const std::string file = '"' + path + '"';
  switch (kind) {
    case FailureKind::busy:
      return "The database " + file + " is in use by another server. Stop that one, or name another file with --db.";
    case FailureKind::read_only:
      return "The database " + file +
             " cannot be written. Give this user write permission on the file and its folder, " +
             "or name another file with --db.";
    case FailureKind::damaged:
      return "The database " + file + " is damaged (" + reason + "). Restore it from a backup; it was not changed.";
    case FailureKind::full:
      return "There is no room for the database " + file + ". Free some space on its disk.";
    default:
      return "The database " + file + " cannot be opened: " + reason + '.';
  }
}

}  // namespace storage
