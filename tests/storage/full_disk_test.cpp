// A disk without room: works fail as `full`, reads go on, and writing comes back by itself.
#include <sys/mount.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage/store.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using storage::Database;
using storage::Failure;
using storage::FailureKind;
using storage::Store;

namespace {

using namespace std::chrono_literals;

void insert(Database& db, std::int64_t number) {
  // Some kilobytes a row, so that a small disk fills up soon.
  db.run(R"sql(INSERT INTO tallies (kind, day, count) VALUES (?1, ?2, 1))sql", std::string(3000, 'k'), number);
}

std::set<std::int64_t> stored(Store& store) {
  std::set<std::int64_t> numbers;
  store.read([&](Database& db) {
    for (auto row = db.query(R"sql(SELECT day FROM tallies WHERE kind >= 'k')sql"); row.step();) {
      numbers.insert(row.integer(0));
    }
  });
  return numbers;
}

struct Outcome {
  std::set<std::int64_t> acknowledged;
  int full = 0;
  int other = 0;
};

// Eight works at a time, so that batches of several meet the end of the disk.
Outcome write_many(Store& store, std::int64_t first, int rounds) {
  Outcome outcome;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::promise<void>> answers(8);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const std::int64_t number = first + round * 8 + static_cast<std::int64_t>(i);
      store.write([number](Database& db) { insert(db, number); },
                  [answer = &answers[i]](std::exception_ptr failure) {
                    failure ? answer->set_exception(std::move(failure)) : answer->set_value();
                  });
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
      try {
        answers[i].get_future().get();
        outcome.acknowledged.insert(first + round * 8 + static_cast<std::int64_t>(i));
      } catch (const Failure& failure) {
        ++(failure.kind() == FailureKind::full ? outcome.full : outcome.other);
      }
    }
  }
  return outcome;
}

bool becomes(Store& store, bool healthy) {
  for (int i = 0; i < 40; ++i) {
    if (store.healthy() == healthy) return true;
    std::this_thread::sleep_for(100ms);
  }
  return false;
}

}  // namespace

TEST_CASE("A file at its size limit refuses writes as full, keeps what it had and recovers", "[storage][full]") {
  support::TemporaryFolder folder;
  const bool memory = GENERATE(true, false);
  const storage::Location location{.path = memory ? "" : folder.file("a.db"), .memory = memory};
  std::set<std::int64_t> acknowledged;
  {
    Store store({.location = location});
    CHECK(store.healthy());
    store.between_batches([](Database& db) {
      const auto pages = db.integer(R"sql(PRAGMA page_count)sql").value_or(0);
      db.execute("PRAGMA max_page_count = " + std::to_string(pages + 100));
    });
    const Outcome first = write_many(store, 0, 40);
    CHECK(first.full > 0);
    CHECK(first.other == 0);
    CHECK(first.acknowledged.size() > 10);
    CHECK(stored(store) == first.acknowledged);
    CHECK(becomes(store, false));
    store.between_batches([](Database& db) { db.execute("PRAGMA max_page_count = 1000000"); });
    const Outcome second = write_many(store, 1000, 10);
    CHECK(second.acknowledged.size() == 80);
    CHECK(becomes(store, true));
    acknowledged = first.acknowledged;
    acknowledged.insert(second.acknowledged.begin(), second.acknowledged.end());
    CHECK(stored(store) == acknowledged);
  }
  if (memory) return;
  Store store({.location = location});
  CHECK(stored(store) == acknowledged);
}

TEST_CASE("A full disk refuses writes as full, keeps what it had and recovers", "[storage][full]") {
  support::TemporaryFolder folder;
  if (geteuid() != 0 || mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=4m") != 0) {
    WARN("skipped: no file system can be mounted here");
    return;
  }
  std::set<std::int64_t> acknowledged;
  {
    Store store({.location = {.path = folder.file("a.db")}});
    CHECK(store.healthy());
    const Outcome first = write_many(store, 0, 200);
    CHECK(first.full > 0);
    CHECK(first.other == 0);
    CHECK(first.acknowledged.size() > 10);
    CHECK(stored(store) == first.acknowledged);
    CHECK(becomes(store, false));
    REQUIRE(mount("tmpfs", folder.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0);
    const Outcome second = write_many(store, 10000, 100);
    CHECK(second.acknowledged.size() == 800);
    CHECK(becomes(store, true));
    acknowledged = first.acknowledged;
    acknowledged.insert(second.acknowledged.begin(), second.acknowledged.end());
    CHECK(stored(store) == acknowledged);
  }
  {
    Store store({.location = {.path = folder.file("a.db")}});
    CHECK(stored(store) == acknowledged);
    store.read([](Database& db) { CHECK(db.text(R"sql(PRAGMA integrity_check)sql") == "ok"); });
  }
  umount2(folder.path().c_str(), MNT_DETACH);
}
