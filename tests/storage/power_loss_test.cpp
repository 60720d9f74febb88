// Power loss at a random moment: what was acknowledged is there afterwards, and the database is sound.
#include "support/power_loss.h"

#include <atomic>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/log.h"
#include "storage/store.h"
#include "support/catch.h"

using storage::Database;
using storage::Store;

namespace {

#ifdef __SANITIZE_THREAD__
constexpr std::uint64_t kSeeds = 3;  // each takes seconds then
constexpr std::int64_t kStartStep = 15;
#else
constexpr std::uint64_t kSeeds = 20;
constexpr std::int64_t kStartStep = 3;
#endif

// Four clients write until the power goes; returns what was acknowledged to them.
std::set<std::int64_t> write_until_cut(const support::PowerLossDisk& disk, Store& store, std::int64_t first) {
  std::mutex mutex;
  std::set<std::int64_t> acknowledged;
  std::atomic<std::int64_t> next{first};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!disk.is_cut()) {
        const std::int64_t number = next++;
        try {
          store.write_and_wait([number](Database& db) {
            db.run(R"sql(INSERT INTO tallies (kind, day, count) VALUES (?1, ?2, 1))sql",
                   "test" + std::string(static_cast<std::size_t>(number % 700), 'x'), number);
          });
          const std::lock_guard guard(mutex);
          acknowledged.insert(number);
        } catch (const std::exception&) {
          // Not acknowledged: it may be there or not.
        }
      }
    });
  }
  for (auto& client : clients) client.join();
  return acknowledged;
}

std::set<std::int64_t> stored(Store& store) {
  std::set<std::int64_t> numbers;
  store.read([&](Database& db) {
    CHECK(db.text(R"sql(PRAGMA integrity_check)sql") == "ok");
    for (auto row = db.query(R"sql(SELECT day FROM tallies WHERE kind >= 'test')sql"); row.step();) {
      numbers.insert(row.integer(0));
    }
  });
  return numbers;
}

}  // namespace

TEST_CASE("Nothing that was acknowledged is lost with the power", "[storage][power]") {
  core::set_log({.level = core::LogLevel::off});  // every failure of the disk would be a line
  std::mt19937_64 random(20260203);
  std::size_t acknowledged_in_all = 0;
  std::int64_t lost_in_all = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    INFO("seed " << seed);
    support::PowerLossDisk disk(seed);
    const storage::Location location{.path = "a.db", .vfs = disk.vfs()};
    std::set<std::int64_t> acknowledged;
    for (int life = 0; life < 3; ++life) {
      {
        Store store({.location = location});
        disk.cut_after(static_cast<std::int64_t>(50 + random() % 4000));
        acknowledged.merge(write_until_cut(disk, store, life * 1'000'000));
      }
      disk.restore();
    }
    Store store({.location = location});
    const std::set<std::int64_t> there = stored(store);
    CHECK(std::includes(there.begin(), there.end(), acknowledged.begin(), acknowledged.end()));
    acknowledged_in_all += acknowledged.size();
    lost_in_all += disk.lost();
  }
  core::set_log({});
  CHECK(acknowledged_in_all > 50 * kSeeds);
  CHECK(lost_in_all > static_cast<std::int64_t>(5 * kSeeds));  // or the disk was too kind to prove anything
}

TEST_CASE("A start that loses its power is taken up again", "[storage][power]") {
  core::set_log({.level = core::LogLevel::off});
  int broken_off = 0;
  for (std::int64_t writes = 0; writes < 90; writes += kStartStep) {
    INFO("after " << writes << " writes");
    support::PowerLossDisk disk(static_cast<std::uint64_t>(writes));
    const storage::Location location{.path = "a.db", .vfs = disk.vfs()};
    disk.cut_after(writes);
    try {
      Store store({.location = location});
    } catch (const std::exception&) {
      ++broken_off;
    }
    disk.restore();
    Store store({.location = location});
    CHECK(stored(store).empty());
    CHECK(store.healthy());
  }
  core::set_log({});
  CHECK(broken_off > 1);
}
