// One connection to SQLite and its prepared statements.
//
//   for (auto row = db.query(R"sql(SELECT handle, name FROM agents WHERE id = ?1)sql", id); row.step();)
//     use(row.text(0), row.text(1));
//   db.run(R"sql(DELETE FROM pinches WHERE post_id = ?1)sql", post);
//
// SQL is always a literal (the type Sql takes nothing else) with parameters ?1, ?2, …; a test compiles every literal
// R"sql(…)sql" of the sources against schema.sql and looks at its plan.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/ids.h"

struct sqlite3;
struct sqlite3_stmt;

namespace storage {

// A literal. Its address is its identity: statements are cached under it.
class Sql {
 public:
  template <std::size_t N>
  consteval Sql(const char (&literal)[N]) : text_(literal), length_(N - 1) {}  // NOLINT: implicit on purpose
  [[nodiscard]] constexpr const char* text() const { return text_; }
  [[nodiscard]] constexpr std::size_t length() const { return length_; }

 private:
  const char* text_;
  std::size_t length_;
};

// A BLOB parameter or column.
using Bytes = std::span<const std::uint8_t>;

class Database;

// A prepared statement in use: bound, stepped, and given back to its connection's cache when it goes out of scope.
// Views that it returns are valid until the next step() or its end. Errors are storage::Failure (see below).
class Query {
 public:
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();

  // True if there is a row.
  bool step();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;  // 0 for NULL
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  // empty for NULL
  [[nodiscard]] Bytes blob(int column) const;
  [[nodiscard]] core::Uuid uuid(int column) const;  // zero for NULL
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const;
  [[nodiscard]] std::optional<double> maybe_real(int column) const;
  [[nodiscard]] std::optional<std::string> maybe_text(int column) const;
  [[nodiscard]] std::string string(int column) const { return std::string(text(column)); }

 private:
  friend class Database;
  struct Entry;
  Query(Database& db, Entry& entry);
  // Throws unless the statement has as many parameters: a missing one would keep the value of an earlier use.
  void expect(int arguments) const;
  void bind(int index, std::int64_t value);
  void bind(int index, double value);
  void bind(int index, std::string_view value);
  void bind(int index, Bytes value);
  void bind_null(int index);

  template <class T>
  void bind_any(int index, const T& value) {
    if constexpr (std::is_same_v<T, std::nullopt_t> || std::is_same_v<T, std::nullptr_t>) {
      bind_null(index);
    } else if constexpr (std::is_same_v<T, core::Uuid>) {
      bind(index, Bytes(value.bytes));
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      bind(index, std::string_view(value));
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      bind(index, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_floating_point_v<T>) {
      bind(index, static_cast<double>(value));
    } else if constexpr (std::is_convertible_v<const T&, Bytes>) {
      bind(index, Bytes(value));
    } else {  // std::optional
      if (value) {
        bind_any(index, *value);
      } else {
        bind_null(index);
      }
    }
  }

  Database* db_;
  Entry* entry_;
};

enum class FailureKind {
  unique,      // a UNIQUE or PRIMARY KEY constraint
  constraint,  // any other constraint: a bug of ours unless the caller knows better
  full,        // no room on the disk, or the file's size limit
  busy,        // another process holds the file
  read_only,
  damaged,  // the file is malformed, or not a database
  other,
};

// What SQLite refused, as a kind. `what()` is for the log, never for a client.
class Failure : public std::exception {
 public:
  Failure(FailureKind kind, std::string what) : kind_(kind), what_(std::move(what)) {}
  [[nodiscard]] FailureKind kind() const noexcept { return kind_; }
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  FailureKind kind_;
  std::string what_;
};

// How a connection is opened. All connections of one server name the same file in the same words.
struct Location {
  std::string path;         // a file; for `memory` the name under which the connections of one store find each other
  bool memory = false;      // nothing on disk, gone with the last connection
  bool shared_vfs = false;  // the ordinary VFS, for those who open the file with other programs while we serve
  std::string vfs = {};     // a registered VFS by its name, instead of ours (tests with a failing disk)

  // In a file of the ordinary kind, of which there is something to see outside.
  [[nodiscard]] bool is_plain_file() const { return !memory && vfs.empty(); }
};

// Not for two threads at once. A Query must not outlive its Database.
class Database {
 public:
  enum class Mode { read_only, read_write };

  // read_write creates a missing file with mode 0600. Throws Failure with a sentence that names the file and the fix,
  // and leaves the file as it was, if it cannot be opened, is in use, is no database or is another program's.
  Database(const Location& location, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  template <class... Arguments>
  [[nodiscard]] Query query(Sql sql, const Arguments&... arguments) {
    Query query = prepare(sql);
    query.expect(static_cast<int>(sizeof...(Arguments)));
    [[maybe_unused]] int index = 0;
    (query.bind_any(++index, arguments), ...);
    return query;
  }

  // Steps to the end; returns how many rows were inserted, updated or deleted (not counting triggers).
  template <class... Arguments>
  std::int64_t run(Sql sql, const Arguments&... arguments) {
    Query statement = query(sql, arguments...);
    while (statement.step()) {
    }
    return changes();
  }

  // The first column of the first row; std::nullopt without a row or for NULL.
  template <class... Arguments>
  [[nodiscard]] std::optional<std::int64_t> integer(Sql sql, const Arguments&... arguments) {
    Query statement = query(sql, arguments...);
    return statement.step() ? statement.maybe_integer(0) : std::nullopt;
  }
  template <class... Arguments>
  [[nodiscard]] std::optional<std::string> text(Sql sql, const Arguments&... arguments) {
    Query statement = query(sql, arguments...);
    return statement.step() ? statement.maybe_text(0) : std::nullopt;
  }
  template <class... Arguments>
  [[nodiscard]] bool exists(Sql sql, const Arguments&... arguments) {
    return query(sql, arguments...).step();
  }

  // Runs one or more statements that are not worth caching (schema, PRAGMA).
  void execute(const std::string& script);

  [[nodiscard]] std::int64_t last_insert_id() const;
  [[nodiscard]] std::int64_t changes() const;
  // Grows with every row that any statement or trigger of this connection has changed.
  [[nodiscard]] std::int64_t total_changes() const;
  [[nodiscard]] bool in_transaction() const;

  // `step` is called before each commit of this connection, in its transaction: for what is cheaper done once for all
  // that the transaction wrote. What it throws fails the commit.
  void set_before_commit(std::function<void(Database&)> step);
  // BEGIN: the snapshot is that of the first query after it.
  void begin_read();
  // BEGIN IMMEDIATE.
  void begin_write();
  // COMMIT, after that step. When it throws, the transaction may still be open.
  void commit();

  // Runs `action` on the writer's thread when, and only if, the transaction that this is called in is on disk.
  void after_commit(std::function<void()> action);
  // For whoever ends the transaction: takes what after_commit() collected; drops all beyond the first `keep`.
  [[nodiscard]] std::vector<std::function<void()>> take_after_commit();
  [[nodiscard]] std::size_t after_commit_count() const;
  void drop_after_commit(std::size_t keep);

  // For storage/ and for tools that need SQLite itself (backup, serialize).
  [[nodiscard]] sqlite3* handle() const;

 private:
  friend class Query;
  [[nodiscard]] Query prepare(Sql sql);
  struct State;
  std::unique_ptr<State> state_;
};

// A transaction that is rolled back unless it was committed.
class Transaction {
 public:
  enum class Kind { read, write };  // BEGIN DEFERRED, BEGIN IMMEDIATE
  Transaction(Database& db, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& db_;
  bool open_ = true;
};

}  // namespace storage
