// How databases of older versions become ones of this version. For storage/ only.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "storage/database.h"

namespace storage {

// Brings a database of version `to` - 1 to version `to`. One or more statements; constraints are checked at the end.
struct Migration {
  int to;
  std::string_view script;
};

// All versions there ever were, as far as this program knows.
struct SchemaHistory {
  std::string_view schema;  // of `version`
  int version;
  std::span<const Migration> migrations;  // by version, without a gap, up to `version`
  std::string (*empty)() = nullptr;       // the bytes of a database in which `schema` was run; null: it is run
};

// src/storage/migrations/2.sql
[[nodiscard]] std::string_view to_version_2();

// See migrate() in store.h, which is this with our own history.
void migrate(Database& db, const Location& location, const SchemaHistory& history);

// Where the copy goes that is made of the database at `path` before it is migrated from `version`.
[[nodiscard]] std::string backup_path(const std::string& path, int version);

}  // namespace storage
