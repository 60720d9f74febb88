#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "storage/store.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using storage::Database;
using storage::Store;

namespace {

void mark(const std::string& path, std::int64_t number) {
  Store store({.location = {.path = path}, .readers = 1});
  store.write_and_wait([number](Database& db) {
    db.run(R"sql(INSERT INTO tallies (kind, day, count) VALUES ('test', ?1, 1))sql", number);
  });
}

std::int64_t mark_of(const std::string& path) {
  Store store({.location = {.path = path}, .readers = 1});
  std::int64_t number = 0;
  store.read([&](Database& db) {
    number = db.integer(R"sql(SELECT max(day) FROM tallies WHERE kind = 'test')sql").value_or(-1);
  });
  return number;
}

void write_file(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace

TEST_CASE("restore puts a backup in a database's place", "[storage][restore]") {
  const support::TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  const std::string copy = folder.file("copy.db");
  mark(db, 1);
  storage::backup(*std::make_unique<Store>(storage::StoreOptions{.location = {.path = db}}), copy);

  SECTION("into a new file") {
    storage::restore(copy, folder.file("new.db"), false);
    CHECK(mark_of(folder.file("new.db")) == 1);
  }
  SECTION("over a database only with force") {
    mark(db, 2);
    CHECK_THROWS_AS(storage::restore(copy, db, false), core::Error);
    CHECK(mark_of(db) == 2);
    storage::restore(copy, db, true);
    CHECK(mark_of(db) == 1);
  }
  SECTION("over one whose log was left behind") {
    mark(db, 2);
    write_file(db + "-wal", "what a killed server left, and is past reading");
    storage::restore(copy, db, true);
    CHECK(mark_of(db) == 1);
  }
  SECTION("over a damaged one") {
    write_file(db, "no database at all");
    storage::restore(copy, db, true);
    CHECK(mark_of(db) == 1);
  }
  SECTION("never over one that a server has") {
    const bool shared = GENERATE(false, true);
    Store store({.location = {.path = db, .shared_vfs = shared}});
    // POSIX locks do not tell apart what one process does; another one is needed to ask.
    const std::string command = std::string(CLANKDIN_EXECUTABLE) + " restore " + copy + " --force --db " + db + " 2>" +
                                folder.file("err");
    CHECK(std::system(command.c_str()) != 0);
    std::ifstream err(folder.file("err"));
    std::string line;
    std::getline(err, line);
    CHECK_THAT(line, support::Contains("in use by a server"));
  }
  CHECK_FALSE(std::filesystem::exists(db + ".part"));
}

TEST_CASE("restore refuses what is no backup, and changes nothing", "[storage][restore]") {
  const support::TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  const std::string copy = folder.file("copy.db");
  mark(db, 1);
  const auto refused = [&](const std::string& file, const std::string& why) {
    CHECK_THROWS_WITH(storage::restore(file, db, true), support::Contains(why));
    CHECK(mark_of(db) == 1);
    CHECK_FALSE(std::filesystem::exists(db + ".part"));
  };
  SECTION("missing") { refused(copy, "cannot be read"); }
  SECTION("a folder") { refused(folder.path(), "is not a file"); }
  SECTION("text") {
    write_file(copy, std::string(8192, 'x'));
    refused(copy, "no backup");
  }
  SECTION("empty") {
    write_file(copy, "");
    refused(copy, "empty");
  }
  SECTION("damaged in the middle") {
    {
      Store store({.location = {.path = db}});
      storage::backup(store, copy);
    }
    std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8192);
    file << std::string(4096, '\x5a');
    file.close();
    refused(copy, "damaged");
  }
  SECTION("the database itself") { refused(db, "is the database itself"); }
  SECTION("a database with its log") {
    std::filesystem::copy(db, copy);
    write_file(copy + "-wal", "not empty");
    refused(copy, "write-ahead log");
  }
}
