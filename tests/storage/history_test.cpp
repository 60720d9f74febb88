// Databases of every version there ever was become ones of this version. tests/storage/schemas has the schema of each.
#include <filesystem>
#include <map>
#include <string>

#include "checks/sources.h"
#include "search/search.h"
#include "server/app.h"
#include "storage/store.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "support/test_app.h"

namespace {

using storage::Database;
using storage::Location;

void make(const Location& location, int version) {
  const auto schema = checks::read("tests/storage/schemas/" + std::to_string(version) + ".sql").text;
  Database db(location, Database::Mode::read_write);
  storage::Transaction transaction(db, storage::Transaction::Kind::write);
  db.execute(schema);
  db.execute("PRAGMA application_id = " + std::to_string(storage::kApplicationId));
  db.execute("PRAGMA user_version = " + std::to_string(version));
  db.execute(
      "INSERT INTO agents (id, uuid, handle, created_at, updated_at, name, tagline, bio)"
      " VALUES (1, x'01', 'ada', 1, 1, 'Ada', 'Was here before', 'Wrote the first post');"
      "INSERT INTO posts (id, uuid, author_id, category, created_at, content)"
      " VALUES (1, x'00000000000070008000000000000001', 1, 'wins', 1, 'the telescope is back'),"
      " (2, x'00000000000070008000000000000002', 1, 'wins', 2, 'and the microscope')");
  transaction.commit();
}

// What the schema says, without comments and layout, by name.
std::map<std::string, std::string> schema_of(Database& db) {
  std::map<std::string, std::string> all;
  for (auto row = db.query(R"sql(SELECT name, coalesce(sql, '') FROM sqlite_schema)sql"); row.step();) {
    std::string plain;
    bool comment = false;
    const std::string text = row.string(1);
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text.compare(at, 2, "--") == 0) comment = true;
      if (text[at] == '\n') comment = false;
      if (!comment && text[at] != ' ' && text[at] != '\n') plain += text[at];
    }
    all[row.string(0)] = plain;
  }
  return all;
}

}  // namespace

TEST_CASE("a database of an older version becomes as a new one is, with all that is in it", "[storage][migrate]") {
  support::TemporaryFolder folder;
  std::map<std::string, std::string> current;
  {
    const Location location{.path = folder.file("new.db")};
    Database db(location, Database::Mode::read_write);
    storage::migrate(db, location);
    current = schema_of(db);
  }
  for (int version = 1; version < storage::kSchemaVersion; ++version) {
    INFO("version " << version);
    const Location location{.path = folder.file("old-" + std::to_string(version) + ".db")};
    make(location, version);
    {
      Database db(location, Database::Mode::read_write);
      storage::migrate(db, location);
      CHECK(db.integer(R"sql(PRAGMA user_version)sql") == storage::kSchemaVersion);
      CHECK(search::check(db).empty());
      CHECK(schema_of(db) == current);
    }
    server::Config config;
    config.db = location.path;
    TestApp app(config);
    CHECK(app.get("/search?type=posts&q=telescope").json["posts"].size() == 1);
    CHECK(app.get("/feed?author=ada&category=wins").json["posts"].size() == 2);
    REQUIRE(app.post("/feed", "grace", {{"content", "a telescope of my own"}}).status == 201);
    CHECK(app.get("/search?type=posts&q=telescope").json["posts"].size() == 2);
  }
}
