// Old posts leave the index of `sort=top`, whenever the server was started last.
#include "feed/posts.h"
#include "storage/store.h"
#include "support/catch.h"

namespace {

using storage::Database;

constexpr core::Time kNow = 1'800'000'000'000;
constexpr core::Time kOld = kNow - feed::kTopWindow;

struct Fixture {
  Fixture() {
    store.between_batches([](Database& db) {
      storage::Transaction transaction(db, storage::Transaction::Kind::write);
      // One each minute before the week of the top list and in it.
      db.execute(
          "INSERT INTO posts (id, uuid, created_at, content) "
          "WITH numbers (n) AS (SELECT -1200 UNION ALL SELECT n + 1 FROM numbers WHERE n < 99) "
          "SELECT n + 2000, randomblob(16), " +
          std::to_string(kOld) + " + n * 60000, 'post' FROM numbers");
      transaction.commit();
    });
  }

  // How many steps it took.
  int run(feed::Retirement& retirement, core::Time now) {
    int steps = 0;
    store.between_batches([&](Database& db) {
      do {
        ++steps;
      } while (retirement.run(db, now));
    });
    return steps;
  }

  // Posts that are retired, and whether they are the oldest.
  std::int64_t retired() {
    std::int64_t count = 0;
    store.read([&](Database& db) {
      count = db.integer(R"sql(SELECT count(*) FROM posts WHERE recent = 0)sql").value_or(0);
      CHECK(db.integer(R"sql(SELECT count(*) FROM posts WHERE recent = 0 AND id < 800 + ?1)sql", count) == count);
    });
    return count;
  }

  storage::Store store{{.location = {.memory = true}}};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "posts older than a week are retired, some at a time", "[feed]") {
  feed::Retirement retirement;
  CHECK(run(retirement, kNow) == 3);
  CHECK(retired() == 1200);
  CHECK(run(retirement, kNow) == 1);
  CHECK(retired() == 1200);
  CHECK(run(retirement, kNow + 10 * core::kMinute) == 1);
  CHECK(retired() == 1210);
  CHECK(run(retirement, kNow - core::kDay) == 1);  // the clock went back
  CHECK(retired() == 1210);
}

TEST_CASE_METHOD(Fixture, "after a restart it goes on where it was", "[feed]") {
  feed::Retirement first;
  store.between_batches([&](Database& db) { CHECK(first.run(db, kNow)); });
  CHECK(retired() == 500);
  feed::Retirement second;
  CHECK(run(second, kNow) == 2);
  CHECK(retired() == 1200);
  feed::Retirement third;
  run(third, kNow + 5 * core::kMinute);
  CHECK(retired() == 1205);
}

TEST_CASE_METHOD(Fixture, "more posts of one millisecond than one step takes are retired together", "[feed]") {
  store.between_batches([](Database& db) { db.execute("UPDATE posts SET created_at = 5 WHERE id < 2000"); });
  feed::Retirement retirement;
  run(retirement, kNow);
  CHECK(retired() == 1200);
}
