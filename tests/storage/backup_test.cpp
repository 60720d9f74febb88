#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "core/error.h"
#include "storage/store.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using storage::Database;
using storage::Store;

namespace {

void insert(Database& db, std::int64_t number) {
  db.run(R"sql(INSERT INTO tallies (kind, day, count) VALUES ('test', ?1, 1))sql", number);
}

std::int64_t count(Database& db) {
  return db.integer(R"sql(SELECT count(*) FROM tallies WHERE kind = 'test')sql").value_or(-1);
}

}  // namespace

TEST_CASE("A backup is one whole database, taken while the store is written to", "[storage][backup]") {
  support::TemporaryFolder folder;
  const bool memory = GENERATE(true, false);
  Store store({.location = {.path = memory ? "" : folder.file("a.db"), .memory = memory}});
  store.write_and_wait([](Database& db) {
    for (int i = 0; i < 20000; ++i) insert(db, i);
  });
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> written{20000};
  std::thread client([&] {
    for (int i = 20000; !stop; ++i) {
      store.write_and_wait([i](Database& db) { insert(db, i); });
      ++written;
    }
  });
  const std::string file = folder.file("backup.db");
  const std::int64_t before = written;
  storage::backup(store, file);
  const std::int64_t after = written + 1;
  stop = true;
  client.join();

  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK_FALSE(std::filesystem::exists(file + "-wal"));
  CHECK_FALSE(std::filesystem::exists(file + ".part"));
  {
    Database copy({.path = file}, Database::Mode::read_only);
    CHECK(count(copy) >= before);
    CHECK(count(copy) <= after);
    CHECK(copy.text(R"sql(PRAGMA integrity_check)sql") == "ok");
  }
  Store restored({.location = {.path = file}});
  restored.write_and_wait([](Database& db) { insert(db, -2); });
}

TEST_CASE("A backup never overwrites, and a failed one leaves nothing", "[storage][backup]") {
  support::TemporaryFolder folder;
  Store store({.location = {.memory = true}});
  const std::string file = folder.file("backup.db");
  storage::backup(store, file);
  const auto size = std::filesystem::file_size(file);
  CHECK_THROWS_AS(storage::backup(store, file), core::Error);
  CHECK(std::filesystem::file_size(file) == size);
  CHECK_THROWS_AS(storage::backup(store, folder.file("missing/backup.db")), core::Error);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()) == 1);
}
