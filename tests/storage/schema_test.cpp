#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "storage/functions.h"
#include "storage/store.h"
#include "support/catch.h"

TEST_CASE("the embedded schema is schema.sql, byte for byte", "[storage][schema]") {
  std::ifstream file(CLANKDIN_SOURCE_DIR "/schema.sql", std::ios::binary);
  const std::string source{std::istreambuf_iterator<char>(file), {}};
  REQUIRE(!source.empty());
  CHECK(storage::schema() == source);
}

TEST_CASE("SQLite takes the schema, and every table is STRICT", "[storage][schema]") {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(":memory:", &handle) == SQLITE_OK);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(handle, &sqlite3_close);
  storage::add_functions(handle);
  char* message = nullptr;
  const int result = sqlite3_exec(db.get(), std::string(storage::schema()).c_str(), nullptr, nullptr, &message);
  INFO((message == nullptr ? "" : message));
  CHECK(result == SQLITE_OK);
  sqlite3_free(message);

  std::string loose;
  const auto append = [](void* names, int, char** columns, char**) {
    static_cast<std::string*>(names)->append(columns[0]).append(" ");
    return 0;
  };
  REQUIRE(sqlite3_exec(db.get(),
                       "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
                       " AND name NOT LIKE 'sqlite_%'",
                       append, &loose, nullptr) == SQLITE_OK);
  CHECK(loose.empty());
}
