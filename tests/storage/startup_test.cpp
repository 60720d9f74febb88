// What a start makes of files that it can't serve from: one clear sentence, and the file as it was.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/error.h"
#include "storage/migrations.h"
#include "storage/store.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using support::Contains;
using storage::Database;
using storage::Location;
using storage::Store;

namespace {

std::string bytes_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::string& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// The sentence with which a start refuses; empty if it doesn't.
std::string refusal(const std::string& file, bool shared_vfs = false) {
  try {
    Store store({.location = {.path = file, .shared_vfs = shared_vfs}});
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

void run_sql(const std::string& file, const std::string& script) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(sqlite3_close(db) == SQLITE_OK);
}

std::size_t files_in(const support::TemporaryFolder& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()));
}

// A started store's file with something in it.
std::string sound_database(const std::string& file) {
  Store store({.location = {.path = file}});
  store.write_and_wait([](Database& db) {
    for (int i = 0; i < 2000; ++i) {
      db.run(R"sql(INSERT INTO tallies (kind, day, count) VALUES ('test', ?1, 1))sql", i);
    }
  });
  return file;
}

}  // namespace

TEST_CASE("A file that is no database is refused and stays as it was", "[storage][startup]") {
  support::TemporaryFolder folder;
  const std::string file = folder.file("notes.txt");
  const std::string content = GENERATE(std::string("x"), std::string("Dear diary,\n"), std::string(5000, 'z'),
                                       std::string("SQLite format 3\0 and no more", 28));
  write_bytes(file, content);
  CHECK_THAT(refusal(file), Contains(file) && Contains("is not a SQLite database"));
  CHECK((bytes_of(file) == content));
  CHECK(files_in(folder) == 1);
}

TEST_CASE("Another program's database is refused and stays as it was", "[storage][startup]") {
  support::TemporaryFolder folder;
  const std::string file = folder.file("other.db");
  const bool marked = GENERATE(true, false);
  run_sql(file, "CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1)");
  if (marked) run_sql(file, "PRAGMA application_id = 42");
  const std::string content = bytes_of(file);
  CHECK_THAT(refusal(file), Contains(file) && Contains("another program"));
  CHECK((bytes_of(file) == content));
  CHECK(files_in(folder) == 1);
}

TEST_CASE("Another program's database with a WAL that is not copied yet stays as it was", "[storage][startup]") {
  support::TemporaryFolder folder;
  const std::string file = folder.file("other.db");
  const std::string copy = folder.file("copy.db");
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1)", nullptr,
                       nullptr, nullptr) == SQLITE_OK);
  for (const char* suffix : {"", "-wal"}) std::filesystem::copy_file(file + suffix, copy + suffix);
  REQUIRE(sqlite3_close(db) == SQLITE_OK);
  const std::string content = bytes_of(copy);
  const std::string wal = bytes_of(copy + "-wal");
  REQUIRE(!wal.empty());
  CHECK_THAT(refusal(copy), Contains("another program"));
  CHECK((bytes_of(copy) == content));
  CHECK((bytes_of(copy + "-wal") == wal));
}

TEST_CASE("A damaged database is refused and stays as it was", "[storage][startup]") {
  support::TemporaryFolder folder;
  const std::string file = sound_database(folder.file("a.db"));
  const std::string sound = bytes_of(file);
  std::string broken = sound;
  const std::string what = GENERATE(as<std::string>{}, "schema page", "inner pages", "cut off", "first bytes");
  INFO(what);
  if (what == "schema page") broken.replace(100, 500, std::string(500, '\x7f'));
  if (what == "inner pages") broken.replace(sound.size() / 2, 40000, std::string(40000, '\x55'));
  if (what == "cut off") broken.resize(sound.size() / 2);
  if (what == "first bytes") broken.replace(0, 16, std::string(16, '\0'));
  write_bytes(file, broken);
  CHECK_THAT(refusal(file), Contains(file) && Contains("damaged") && Contains("backup"));
  CHECK((bytes_of(file) == broken));
  write_bytes(file, sound);
  CHECK(refusal(file).empty());
}

// Too large to be looked at whole at each start: its first reader finds it.
TEST_CASE("A large database with a damaged schema is refused and stays as it was, its WAL too", "[storage][startup]") {
  support::TemporaryFolder folder;
  const std::string file = sound_database(folder.file("a.db"));
  const std::string copy = folder.file("copy.db");
  run_sql(file, "CREATE TABLE filling (bytes BLOB); INSERT INTO filling VALUES (zeroblob(10000000))");
  run_sql(file, "DROP TABLE filling");
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "INSERT INTO tallies (kind, day, count) VALUES ('test', -1, 1)", nullptr, nullptr,
                       nullptr) == SQLITE_OK);
  for (const char* suffix : {"", "-wal"}) std::filesystem::copy_file(file + suffix, copy + suffix);
  REQUIRE(sqlite3_close(db) == SQLITE_OK);
  std::string broken = bytes_of(copy);
  broken.replace(100, 500, std::string(500, '\x7f'));
  write_bytes(copy, broken);
  const std::string wal = bytes_of(copy + "-wal");
  REQUIRE(!wal.empty());
  CHECK_THAT(refusal(copy), Contains(copy) && Contains("damaged") && Contains("backup"));
  CHECK((bytes_of(copy) == broken));
  CHECK((bytes_of(copy + "-wal") == wal));
}

TEST_CASE("A newer database is refused and stays as it was", "[storage][startup]") {
  support::TemporaryFolder folder;
  const std::string file = sound_database(folder.file("a.db"));
  run_sql(file, "PRAGMA journal_mode = DELETE; PRAGMA user_version = 99");
  const std::string content = bytes_of(file);
  CHECK_THAT(refusal(file), Contains(file) && Contains("version 99") && Contains("newer program"));
  CHECK((bytes_of(file) == content));
}

TEST_CASE("Places where no database can be are named", "[storage][startup]") {
  support::TemporaryFolder folder;
  CHECK_THAT(refusal(folder.file("missing/a.db")),
             Contains(folder.file("missing")) && Contains("does not exist") && Contains("Create it"));
  CHECK_THAT(refusal(folder.path()), Contains(folder.path()) && Contains("is a directory"));
  CHECK_THAT(refusal("/dev/null"), Contains("is not a regular file"));
  write_bytes(folder.file("file"), "x");
  CHECK_THAT(refusal(folder.file("file/a.db")), Contains("does not exist"));
  CHECK(files_in(folder) == 1);
}

TEST_CASE("What cannot be written is named", "[storage][startup]") {
  support::TemporaryFolder folder;
  const std::string file = sound_database(folder.file("a.db"));
  if (geteuid() != 0) {
    chmod(file.c_str(), 0400);
    CHECK_THAT(refusal(file), Contains(file) && Contains("cannot be written"));
    chmod(file.c_str(), 0600);
    chmod(folder.path().c_str(), 0500);
    CHECK_THAT(refusal(file), Contains(folder.path()) && Contains("cannot be written"));
    CHECK_THAT(refusal(folder.file("b.db")), Contains("cannot be written"));
    chmod(folder.path().c_str(), 0700);
    return;
  }
  // Nothing is forbidden to root; a read-only file system is.
  const std::string mounted = folder.file("mounted");
  std::filesystem::create_directory(mounted);
  if (mount("tmpfs", mounted.c_str(), "tmpfs", 0, "size=1m") != 0) {
    WARN("skipped: no file system can be mounted here");
    return;
  }
  std::filesystem::copy_file(file, mounted + "/a.db");
  REQUIRE(mount("tmpfs", mounted.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m") == 0);
  CHECK_THAT(refusal(mounted + "/a.db"), Contains(mounted + "/a.db") && Contains("cannot be written"));
  CHECK_THAT(refusal(mounted + "/b.db"), Contains("cannot be written"));
  umount2(mounted.c_str(), MNT_DETACH);
}

TEST_CASE("A second server on the same file is refused, in this process and in another", "[storage][startup]") {
  support::TemporaryFolder folder;
  const std::string file = folder.file("a.db");
  const bool shared_vfs = GENERATE(true, false);
  const bool second_shared_vfs = GENERATE(true, false);
  {
    Store store({.location = {.path = file, .shared_vfs = shared_vfs}});
    CHECK_THAT(refusal(file, second_shared_vfs), Contains(file) && Contains("in use by another server"));
    CHECK_THAT(refusal(folder.path() + "/../" + std::filesystem::path(folder.path()).filename().string() + "/a.db"),
               Contains("in use by another server"));
    const std::string command = std::string("\"") + std::filesystem::read_symlink("/proc/self/exe").string() +
                                "\" '[.second-server]' >/dev/null 2>&1";
    setenv("CLANKDIN_TEST_FILE", file.c_str(), 1);
    setenv("CLANKDIN_TEST_SHARED", second_shared_vfs ? "1" : "0", 1);
    const int status = std::system(command.c_str());
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    store.write_and_wait([](Database& db) { db.run(R"sql(INSERT INTO tallies VALUES ('test', 1, 1))sql"); });
  }
  CHECK(refusal(file).empty());
  CHECK(files_in(folder) == 1);
}

// The other process of the test above.
TEST_CASE("second server", "[.second-server]") {
  const std::string file = getenv("CLANKDIN_TEST_FILE");
  CHECK_THAT(refusal(file, getenv("CLANKDIN_TEST_SHARED") == std::string("1")), Contains("in use by another server"));
}

TEST_CASE("An empty file becomes a database, a broken-off start is taken up again", "[storage][startup]") {
  support::TemporaryFolder folder;
  const std::string file = folder.file("a.db");
  write_bytes(file, "");
  SECTION("empty") {}
  SECTION("marked as ours, without tables") {
    run_sql(file, "PRAGMA application_id = " + std::to_string(storage::kApplicationId));
  }
  SECTION("with a WAL") {
    run_sql(file, "PRAGMA application_id = " + std::to_string(storage::kApplicationId) + "; PRAGMA journal_mode = WAL");
  }
  CHECK(refusal(file).empty());
  Store store({.location = {.path = file}});
  store.read([](Database& db) { CHECK(db.integer(R"sql(PRAGMA user_version)sql") == storage::kSchemaVersion); });
}

TEST_CASE("A new file whose start fails is not left behind", "[storage][startup]") {
  support::TemporaryFolder folder;
  Location location{.path = folder.file("a.db")};
  const storage::SchemaHistory broken{.schema = "CREATE TABLE t (", .version = 1, .migrations = {}};
  {
    Database db(location, Database::Mode::read_write);
    CHECK_THROWS_AS(storage::migrate(db, location, broken), core::Error);
    CHECK_FALSE(db.exists(R"sql(SELECT 1 FROM sqlite_schema)sql"));
  }
  CHECK(refusal(location.path).empty());
}
