#include <filesystem>
#include <string>

#include "core/error.h"
#include "storage/migrations.h"
#include "storage/store.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using support::Contains;
using storage::Database;
using storage::Location;
using storage::Migration;
using storage::SchemaHistory;

namespace {

constexpr const char* kFirst =
    "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
    "CREATE TABLE toys (pet INTEGER NOT NULL REFERENCES pets (id) ON DELETE CASCADE) STRICT;";
constexpr const char* kThird =
    "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT NOT NULL, legs INTEGER) STRICT;"
    "CREATE TABLE toys (pet INTEGER NOT NULL REFERENCES pets (id) ON DELETE CASCADE) STRICT;"
    "CREATE INDEX pets_name ON pets (name);";

const SchemaHistory kVersion1{.schema = kFirst, .version = 1, .migrations = {}};

void make_version_1(const Location& location) {
  Database db(location, Database::Mode::read_write);
  storage::migrate(db, location, kVersion1);
  db.execute("INSERT INTO pets VALUES (1, 'Ada'), (2, 'Bob'); INSERT INTO toys VALUES (1), (1), (2)");
}

}  // namespace

TEST_CASE("An older database is migrated step by step, after a copy beside it", "[storage][migrate]") {
  support::TemporaryFolder folder;
  const Location location{.path = folder.file("a.db")};
  make_version_1(location);
  // The second step makes a table anew, as ALTER TABLE can't: foreign keys must not delete what refers to it.
  const Migration steps[] = {
      {.to = 2, .script = "CREATE INDEX pets_name ON pets (name);"},
      {.to = 3,
       .script = "CREATE TABLE new_pets (id INTEGER PRIMARY KEY, name TEXT NOT NULL, legs INTEGER) STRICT;"
                 "INSERT INTO new_pets SELECT id, name, 4 FROM pets; DROP TABLE pets;"
                 "ALTER TABLE new_pets RENAME TO pets; CREATE INDEX pets_name ON pets (name);"},
  };
  const SchemaHistory version_3{.schema = kThird, .version = 3, .migrations = steps};
  {
    Database db(location, Database::Mode::read_write);
    storage::migrate(db, location, version_3);
    CHECK(db.integer(R"sql(PRAGMA user_version)sql") == 3);
    CHECK(db.integer(R"sql(PRAGMA foreign_keys)sql") == 1);
    CHECK(db.text(R"sql(SELECT group_concat(name || legs) FROM pets)sql") == "Ada4,Bob4");
    CHECK(db.integer(R"sql(SELECT count(*) FROM toys)sql") == 3);
    storage::migrate(db, location, version_3);  // nothing more to do
  }
  const std::string copy = location.path + ".v1.backup";
  REQUIRE(std::filesystem::exists(copy));
  CHECK_FALSE(std::filesystem::exists(location.path + ".v1-2.backup"));
  Database before({.path = copy}, Database::Mode::read_only);
  CHECK(before.integer(R"sql(PRAGMA user_version)sql") == 1);
  CHECK(before.text(R"sql(SELECT group_concat(name) FROM pets)sql") == "Ada,Bob");
}

TEST_CASE("A migration that fails changes nothing", "[storage][migrate]") {
  support::TemporaryFolder folder;
  const Location location{.path = folder.file("a.db")};
  make_version_1(location);
  const char* script = GENERATE("ALTER TABLE pets ADD COLUMN legs INTEGER; DELETE FROM pets WHERE id = 1;",
                                "ALTER TABLE pets ADD COLUMN legs INTEGER; INSERT INTO nowhere VALUES (1);");
  const Migration steps[] = {{.to = 2, .script = script}};
  Database db(location, Database::Mode::read_write);
  CHECK_THROWS_AS(storage::migrate(db, location, {.schema = kThird, .version = 2, .migrations = steps}), core::Error);
  CHECK_FALSE(db.in_transaction());
  CHECK(db.integer(R"sql(PRAGMA user_version)sql") == 1);
  CHECK(db.integer(R"sql(SELECT count(*) FROM pets)sql") == 2);
  CHECK(db.integer(R"sql(SELECT count(*) FROM pragma_table_info('pets'))sql") == 2);
}

TEST_CASE("Copies before migrations don't overwrite each other", "[storage][migrate]") {
  support::TemporaryFolder folder;
  const std::string file = folder.file("a.db");
  CHECK(storage::backup_path(file, 1) == file + ".v1.backup");
  { Database db({.path = file + ".v1.backup"}, Database::Mode::read_write); }
  CHECK(storage::backup_path(file, 1) == file + ".v1-2.backup");
  CHECK(storage::backup_path(file, 2) == file + ".v2.backup");
}
