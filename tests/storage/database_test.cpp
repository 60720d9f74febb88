#include "storage/database.h"

#include <sqlite3.h>

#include <limits>
#include <string>

#include "support/catch.h"
#include "support/temporary_folder.h"

using storage::Database;
using storage::Failure;
using storage::FailureKind;
using storage::Transaction;

namespace {

storage::Location in_memory(const std::string& name) { return {.path = name, .memory = true}; }

FailureKind kind_thrown(const std::function<void()>& action) {
  try {
    action();
  } catch (const Failure& failure) {
    return failure.kind();
  }
  FAIL("nothing was thrown");
  return FailureKind::other;
}

}  // namespace

TEST_CASE("Query binds and reads every type", "[storage]") {
  Database db(in_memory("query-types"), Database::Mode::read_write);
  db.execute("CREATE TABLE t (i INTEGER, r REAL, t TEXT, b BLOB, n TEXT) STRICT");
  core::Uuid id;
  id.bytes[0] = 1;
  id.bytes[15] = 0xff;
  const std::string text("a\0b", 3);
  REQUIRE(db.run(R"sql(INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5))sql", std::numeric_limits<std::int64_t>::min(), 0.5,
                 text, id, std::nullopt) == 1);
  REQUIRE(db.last_insert_id() == 1);

  auto row = db.query(R"sql(SELECT i, r, t, b, n FROM t)sql");
  REQUIRE(row.step());
  CHECK(row.integer(0) == std::numeric_limits<std::int64_t>::min());
  CHECK(row.maybe_integer(0) == std::numeric_limits<std::int64_t>::min());
  CHECK(row.real(1) == 0.5);
  CHECK(row.maybe_real(1) == 0.5);
  CHECK(row.text(2) == text);
  CHECK(row.uuid(3) == id);
  CHECK(row.blob(3).size() == 16);
  CHECK(row.is_null(4));
  CHECK(row.text(4).empty());
  CHECK_FALSE(row.maybe_text(4));
  CHECK_FALSE(row.maybe_integer(4));
  CHECK_FALSE(row.maybe_real(4));
  CHECK(row.uuid(4) == core::Uuid{});
  CHECK_FALSE(row.step());
  CHECK_FALSE(row.step());  // and does not start again
}

TEST_CASE("Query tells empty from NULL", "[storage]") {
  Database db(in_memory("query-empty"), Database::Mode::read_write);
  db.execute("CREATE TABLE t (a TEXT, b BLOB, c TEXT)");
  db.run(R"sql(INSERT INTO t VALUES (?1, ?2, ?3))sql", std::string_view(), storage::Bytes(),
         std::optional<std::string>());
  auto row = db.query(R"sql(SELECT a, b, c, typeof(a), typeof(b) FROM t)sql");
  REQUIRE(row.step());
  CHECK_FALSE(row.is_null(0));
  CHECK_FALSE(row.is_null(1));
  CHECK(row.is_null(2));
  CHECK(row.text(3) == "text");
  CHECK(row.text(4) == "blob");
}

TEST_CASE("Query copies its parameters", "[storage]") {
  Database db(in_memory("query-copies"), Database::Mode::read_write);
  auto row = db.query(R"sql(SELECT ?1)sql", std::string(100, 'x') + "y");
  REQUIRE(row.step());
  CHECK(row.text(0) == std::string(100, 'x') + "y");
}

TEST_CASE("The same literal may be in use twice", "[storage]") {
  Database db(in_memory("query-nested"), Database::Mode::read_write);
  db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, parent INTEGER)");
  db.execute("INSERT INTO t VALUES (1, 0), (2, 1), (3, 1), (4, 2), (5, 4)");
  std::string walk;
  const std::function<void(std::int64_t)> descend = [&](std::int64_t parent) {
    for (auto row = db.query(R"sql(SELECT id FROM t WHERE parent = ?1 ORDER BY id)sql", parent); row.step();) {
      walk += std::to_string(row.integer(0));
      descend(row.integer(0));
    }
  };
  descend(0);
  CHECK(walk == "12453");
  walk.clear();
  descend(1);
  CHECK(walk == "2453");
}

TEST_CASE("Query refuses a wrong number of parameters", "[storage]") {
  Database db(in_memory("query-count"), Database::Mode::read_write);
  CHECK(db.integer(R"sql(SELECT ?1 + ?2)sql", 1, 2) == 3);
  CHECK_THROWS_AS(db.integer(R"sql(SELECT ?1 + ?2)sql", 1), Failure);
  CHECK_THROWS_AS(db.integer(R"sql(SELECT ?1)sql", 1, 2), Failure);
  CHECK(db.integer(R"sql(SELECT ?1)sql", 7) == 7);
}

TEST_CASE("Failures have kinds", "[storage]") {
  Database db(in_memory("failure-kinds"), Database::Mode::read_write);
  db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT UNIQUE, c INTEGER CHECK (c > 0)) STRICT");
  db.run(R"sql(INSERT INTO t VALUES (1, 'a', 1))sql");
  CHECK(kind_thrown([&] { db.run(R"sql(INSERT INTO t VALUES (1, 'b', 1))sql"); }) == FailureKind::unique);
  CHECK(kind_thrown([&] { db.run(R"sql(INSERT INTO t VALUES (2, 'a', 1))sql"); }) == FailureKind::unique);
  CHECK(kind_thrown([&] { db.run(R"sql(INSERT INTO t VALUES (2, 'b', 0))sql"); }) == FailureKind::constraint);
  CHECK(kind_thrown([&] { db.run(R"sql(INSERT INTO t VALUES (2, 'b', 'x'))sql"); }) == FailureKind::constraint);
  CHECK(kind_thrown([&] { db.run(R"sql(SELECT * FROM missing)sql"); }) == FailureKind::other);
  db.execute("PRAGMA max_page_count = 4");
  CHECK(kind_thrown([&] { db.run(R"sql(INSERT INTO t VALUES (3, hex(zeroblob(100000)), 1))sql"); }) ==
        FailureKind::full);
  Database reader(in_memory("failure-kinds"), Database::Mode::read_only);
  CHECK(kind_thrown([&] { reader.run(R"sql(DELETE FROM t)sql"); }) == FailureKind::read_only);
}

TEST_CASE("A transaction that was not committed is rolled back", "[storage]") {
  Database db(in_memory("transaction"), Database::Mode::read_write);
  db.execute("CREATE TABLE t (id INTEGER)");
  {
    Transaction transaction(db, Transaction::Kind::write);
    db.run(R"sql(INSERT INTO t VALUES (1))sql");
    CHECK(db.in_transaction());
  }
  CHECK_FALSE(db.in_transaction());
  CHECK(db.integer(R"sql(SELECT count(*) FROM t)sql") == 0);
  {
    Transaction transaction(db, Transaction::Kind::write);
    db.run(R"sql(INSERT INTO t VALUES (1))sql");
    transaction.commit();
  }
  CHECK(db.integer(R"sql(SELECT count(*) FROM t)sql") == 1);
}

TEST_CASE("Pages that a rollback takes from the end of a file are not seen again", "[storage]") {
  const support::TemporaryFolder folder;
  Database db({.path = folder.file("a.db")}, Database::Mode::read_write);
  db.execute("CREATE TABLE t (key TEXT PRIMARY KEY, n INTEGER) STRICT, WITHOUT ROWID");
  std::int64_t rows = 0;
  // Keys in no order: pages are split, and change places, all over the file.
  const auto insert = [&](std::int64_t count, const std::string& pad) {
    for (std::int64_t i = 0; i < count; ++i) {
      db.run(R"sql(INSERT INTO t VALUES (?1 || ?2, ?3))sql", (rows + i) * 7919 % 10'007, pad, rows + i);
    }
  };
  for (int round = 0; round < 12; ++round) {
    {
      const Transaction undone(db, Transaction::Kind::write);
      insert(400, std::string(200, 'x'));
    }
    Transaction kept(db, Transaction::Kind::write);
    insert(150, std::string(100, 'y'));
    kept.commit();
    rows += 150;
    CHECK(db.integer(R"sql(SELECT count(*) FROM t WHERE key LIKE '%y')sql") == rows);
  }
  CHECK(db.integer(R"sql(SELECT count(*) FROM t)sql") == rows);
  CHECK(db.text(R"sql(PRAGMA integrity_check)sql") == "ok");
}

TEST_CASE("Pages behind the end of a file are not kept in memory", "[storage]") {
  const support::TemporaryFolder folder;
  Database db({.path = folder.file("a.db")}, Database::Mode::read_write);
  const auto cached_bytes = [&] {
    int now = 0;
    int most = 0;
    REQUIRE(sqlite3_db_status(db.handle(), SQLITE_DBSTATUS_CACHE_USED, &now, &most, 0) == SQLITE_OK);
    return now;
  };
  db.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID");
  Transaction filled(db, Transaction::Kind::write);
  for (int i = 0; i < 4000; ++i) {
    db.run(R"sql(INSERT INTO t VALUES (?1 || ?2))sql", i * 7919 % 10'007, std::string(1000, 'x'));
  }
  filled.commit();
  REQUIRE(cached_bytes() > 4'000'000);
  db.execute("DELETE FROM t; VACUUM");
  CHECK(cached_bytes() < 400'000);
}

TEST_CASE("Connections are hardened", "[storage]") {
  Database db(in_memory("hardened"), Database::Mode::read_write);
  CHECK(db.integer(R"sql(PRAGMA foreign_keys)sql") == 1);
  CHECK(db.integer(R"sql(PRAGMA synchronous)sql") == 2);
  // The writer's triggers keep the search index.
  CHECK(db.integer(R"sql(PRAGMA trusted_schema)sql") == 1);
  CHECK(db.integer(R"sql(PRAGMA cell_size_check)sql") == 1);
  CHECK_THROWS_AS(db.execute("SELECT \"text in the wrong quotes\""), Failure);
  db.execute("CREATE TABLE t (id INTEGER)");
  CHECK_THROWS_AS(db.execute("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema"), Failure);
}

TEST_CASE("Databases in memory share by name, and only by name", "[storage]") {
  Database writer(in_memory("one"), Database::Mode::read_write);
  writer.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1)");
  Database reader(in_memory("one"), Database::Mode::read_only);
  Database other(in_memory("two"), Database::Mode::read_write);
  CHECK(reader.integer(R"sql(SELECT count(*) FROM t)sql") == 1);
  CHECK_THROWS_AS(other.integer(R"sql(SELECT count(*) FROM t)sql"), Failure);

  // A reader keeps its snapshot while the writer goes on.
  Transaction snapshot(reader, Transaction::Kind::read);
  CHECK(reader.integer(R"sql(SELECT count(*) FROM t)sql") == 1);
  writer.run(R"sql(INSERT INTO t VALUES (2))sql");
  CHECK(reader.integer(R"sql(SELECT count(*) FROM t)sql") == 1);
  snapshot.commit();
  CHECK(reader.integer(R"sql(SELECT count(*) FROM t)sql") == 2);
}

TEST_CASE("A database in memory is gone with its last connection", "[storage]") {
  {
    Database db(in_memory("gone"), Database::Mode::read_write);
    db.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER)");
  }
  Database db(in_memory("gone"), Database::Mode::read_write);
  CHECK_FALSE(db.exists(R"sql(SELECT 1 FROM sqlite_schema)sql"));
  CHECK_THROWS_AS(Database(in_memory("never there"), Database::Mode::read_only), Failure);
}
