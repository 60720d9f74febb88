// What readers see of a file that becomes longer and shorter while they keep it mapped.
#include <filesystem>
#include <string>

#include "storage/database.h"
#include "storage/store.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using storage::Database;
using storage::Transaction;

TEST_CASE("A reader sees a file as it is, whatever it was when it was mapped", "[storage]") {
  const support::TemporaryFolder folder;
  const storage::Location location{.path = folder.file("a.db")};
  Database writer(location, Database::Mode::read_write);
  storage::migrate(writer, location);
  writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, round INTEGER, text TEXT) STRICT");
  Database reader(location, Database::Mode::read_only);
  Database idle(location, Database::Mode::read_only);  // reads only now and then

  std::uintmax_t before = 0;
  int round = 0;
  for (const int rows : {3000, 3100, 20, 3050, 12'000, 1, 12'100, 200}) {
    ++round;
    {
      Transaction transaction(writer, Transaction::Kind::write);
      writer.run(R"sql(DELETE FROM t)sql");
      for (int i = 0; i < rows; ++i) {
        writer.run(R"sql(INSERT INTO t VALUES (?1, ?2, ?3))sql", i, round,
                   std::string(1500, static_cast<char>('a' + round)));
      }
      transaction.commit();
    }
    const auto check = [&](Database& db) {
      const Transaction snapshot(db, Transaction::Kind::read);
      CHECK(db.integer(R"sql(SELECT count(*) FROM t WHERE round = ?1 AND length(text) = 1500)sql", round) == rows);
      CHECK(db.integer(R"sql(SELECT count(*) FROM t WHERE text NOT LIKE ?1)sql",
                       std::string(1, static_cast<char>('a' + round)) + "%") == 0);
    };
    check(reader);  // from the log
    if (round % 2 == 0) writer.execute("VACUUM");
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    const auto size = std::filesystem::file_size(location.path);
    if (round == 2) CHECK(size > 4'000'000);
    if (round == 6) CHECK(size < before / 10);
    before = size;
    check(reader);
    if (round % 3 == 0) check(idle);
    CHECK(reader.text(R"sql(PRAGMA integrity_check)sql") == "ok");
  }
}
