#include <cstdint>
#include <fstream>
#include <string>

#include "storage/database.h"
#include "storage/store.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using storage::Database;

namespace {

constexpr std::int64_t kMiB = 1 << 20;

// What of the file is mapped into this process, in bytes, all mappings together.
std::int64_t mapped_bytes(const std::string& path) {
  std::ifstream maps("/proc/self/maps");
  std::int64_t total = 0;
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with(path)) continue;
    const auto dash = line.find('-');
    total += std::stoll(line.substr(dash + 1), nullptr, 16) - std::stoll(line.substr(0, dash), nullptr, 16);
  }
  return total;
}

// Into the file itself, and not only into its log.
void grow(Database& writer, std::int64_t bytes) {
  constexpr std::int64_t kRow = 2048;
  writer.run(R"sql(
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
      INSERT INTO t (b) SELECT randomblob(?2) FROM n)sql", bytes / kRow, kRow);
  writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::int64_t read_all(Database& reader) {
  auto row = reader.query(R"sql(SELECT sum(length(b)) FROM t)sql");
  REQUIRE(row.step());
  return row.integer(0);
}

}  // namespace

TEST_CASE("A reader keeps the file mapped over commits", "[storage]") {
  const support::TemporaryFolder folder;
  const std::string path = folder.file("lasting.db");
  Database writer({.path = path}, Database::Mode::read_write);
  writer.execute("PRAGMA application_id = " + std::to_string(storage::kApplicationId));
  writer.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)");
  grow(writer, 32 * kMiB);
  const std::int64_t writers_own = mapped_bytes(path);
  Database reader({.path = path}, Database::Mode::read_only);
  REQUIRE(read_all(reader) == 32 * kMiB);
  const std::int64_t mapped = mapped_bytes(path) - writers_own;
  REQUIRE(mapped >= 32 * kMiB);

  SECTION("what grew beyond it is read all the same") {
    for (std::int64_t more = 1; more <= 3; ++more) {
      grow(writer, kMiB);
      const std::int64_t before = mapped_bytes(path);
      CHECK(read_all(reader) == (32 + more) * kMiB);
      CHECK(mapped_bytes(path) == before);
    }
  }
  SECTION("until that is worth a new mapping") {
    grow(writer, 16 * kMiB);
    const std::int64_t before = mapped_bytes(path);
    CHECK(read_all(reader) == 48 * kMiB);
    CHECK(mapped_bytes(path) >= before + 16 * kMiB);
  }
  SECTION("and sees what was changed inside of it") {
    writer.run(R"sql(UPDATE t SET b = zeroblob(1024) WHERE id % 2 = 0)sql");
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK(read_all(reader) == 24 * kMiB);
  }
}
