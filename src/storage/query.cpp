#include <sqlite3.h>

#include <cstring>
#include <utility>

#include "storage/failure.h"
#include "storage/statement.h"

namespace storage {

Query::Query(Database& db, Entry& entry) : db_(&db), entry_(&entry) {
  entry.in_use = true;
  entry.done = false;
}

Query::Query(Query&& other) noexcept : db_(other.db_), entry_(std::exchange(other.entry_, nullptr)) {}

Query::~Query() {
  if (entry_ == nullptr) return;
  if (entry_->temporary) {
    sqlite3_finalize(entry_->statement);
    delete entry_;
    return;
  }
  sqlite3_reset(entry_->statement);
  entry_->in_use = false;
}

bool Query::step() {
  if (entry_->done) return false;
  const int code = sqlite3_step(entry_->statement);
  if (code == SQLITE_ROW) return true;
  entry_->done = true;
  if (code == SQLITE_DONE) return false;
  raise(db_->handle(), code, entry_->sql);
}

void Query::expect(int arguments) const {
  if (arguments == entry_->parameters) return;
  throw Failure(FailureKind::other, "the statement has " + std::to_string(entry_->parameters) + " parameters, but " +
                                        std::to_string(arguments) + " were given (" + entry_->sql + ')');
}

bool Query::is_null(int column) const { return sqlite3_column_type(entry_->statement, column) == SQLITE_NULL; }

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(entry_->statement, column); }

double Query::real(int column) const { return sqlite3_column_double(entry_->statement, column); }

std::string_view Query::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(entry_->statement, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(entry_->statement, column))};
}

Bytes Query::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(entry_->statement, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(entry_->statement, column))};
}

core::Uuid Query::uuid(int column) const {
  core::Uuid id;
  const Bytes bytes = blob(column);
  if (bytes.size() == id.bytes.size()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

std::optional<std::int64_t> Query::maybe_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<double> Query::maybe_real(int column) const {
  if (is_null(column)) return std::nullopt;
  return real(column);
}

std::optional<std::string> Query::maybe_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return string(column);
}

// Parameters are copied (SQLITE_TRANSIENT): they are often temporaries that end with the expression the Query is made
// in. An empty view may have no address, which SQLite would take for NULL.

void Query::bind(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(entry_->statement, index, value);
  if (code != SQLITE_OK) raise(db_->handle(), code, entry_->sql);
}

void Query::bind(int index, double value) {
  const int code = sqlite3_bind_double(entry_->statement, index, value);
  if (code != SQLITE_OK) raise(db_->handle(), code, entry_->sql);
}

void Query::bind(int index, std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  const int code = sqlite3_bind_text64(entry_->statement, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) raise(db_->handle(), code, entry_->sql);
}

void Query::bind(int index, Bytes value) {
  const void* data = value.empty() ? static_cast<const void*>("") : value.data();
  const int code = sqlite3_bind_blob64(entry_->statement, index, data, value.size(), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) raise(db_->handle(), code, entry_->sql);
}

void Query::bind_null(int index) {
  const int code = sqlite3_bind_null(entry_->statement, index);
  if (code != SQLITE_OK) raise(db_->handle(), code, entry_->sql);
}

}  // namespace storage
