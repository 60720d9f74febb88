#include "storage/store.h"

#include <sys/stat.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using storage::Database;
using storage::Failure;
using storage::FailureKind;
using storage::Store;

namespace {

using namespace std::chrono_literals;

void insert(Database& db, std::int64_t number) {
  db.run(R"sql(INSERT INTO tallies (kind, day, count) VALUES ('test', ?1, 1))sql", number);
}

std::int64_t count(Store& store) {
  std::int64_t result = -1;
  store.read([&](Database& db) {
    result = db.integer(R"sql(SELECT count(*) FROM tallies WHERE kind = 'test')sql").value_or(-1);
  });
  return result;
}

// Keeps the writer busy until released, so that what is written meanwhile makes one batch.
class Barrier {
 public:
  explicit Barrier(Store& store) {
    store.write([waiting = released_.get_future().share()](Database&) { waiting.wait(); }, {});
  }
  void release() { released_.set_value(); }

 private:
  std::promise<void> released_;
};

// What became of a piece of work.
class Answer {
 public:
  Store::Done done() {
    return [this](std::exception_ptr failure) {
      if (failure) {
        answer_.set_exception(std::move(failure));
      } else {
        answer_.set_value();
      }
    };
  }
  void get() { answer_.get_future().get(); }

 private:
  std::promise<void> answer_;
};

}  // namespace

TEST_CASE("What is written is read", "[storage]") {
  support::TemporaryFolder folder;
  const bool memory = GENERATE(true, false);
  const bool shared_vfs = GENERATE(true, false);
  if (memory && shared_vfs) return;
  Store store({.location = {.path = memory ? "" : folder.file("a.db"), .memory = memory, .shared_vfs = shared_vfs}});
  const auto version = store.version();
  CHECK(count(store) == 0);
  store.write_and_wait([](Database& db) { insert(db, 1); });
  CHECK(count(store) == 1);
  CHECK(store.version() == version + 1);
  store.write_and_wait([](Database&) {});
  CHECK(store.version() == version + 1);
  CHECK(store.healthy());
  CHECK(store.version() == version + 1);
  CHECK(store.figures().database_bytes > 4096);
}

TEST_CASE("A file keeps what was written, with mode 0600", "[storage]") {
  support::TemporaryFolder folder;
  const std::string file = folder.file("a.db");
  {
    Store store({.location = {.path = file}});
    store.write_and_wait([](Database& db) { insert(db, 1); });
    for (const char* suffix : {"", "-wal"}) {
      struct stat status {};
      REQUIRE(stat((file + suffix).c_str(), &status) == 0);
      CHECK((status.st_mode & 0777) == 0600);
    }
  }
  CHECK_FALSE(std::filesystem::exists(file + "-wal"));
  Store store({.location = {.path = file}});
  CHECK(count(store) == 1);
}

TEST_CASE("A work that fails before it changes anything fails alone", "[storage]") {
  Store store({.location = {.memory = true}});
  Barrier barrier(store);
  Answer first;
  Answer second;
  Answer third;
  store.write([](Database& db) { insert(db, 1); }, first.done());
  store.write([](Database&) { throw core::conflict("no"); }, second.done());
  store.write([](Database& db) { insert(db, 3); }, third.done());
  barrier.release();
  CHECK_NOTHROW(first.get());
  CHECK_THROWS_AS(second.get(), core::Error);
  CHECK_NOTHROW(third.get());
  CHECK(count(store) == 2);
  CHECK(store.figures().rerun == 0);
  CHECK(store.figures().failed == 1);
}

TEST_CASE("A lone write after a large batch, which waits for company, is committed without it", "[storage]") {
  Store store({.location = {.memory = true}});
  {
    Barrier barrier(store);
    std::vector<Answer> answers(20);
    for (std::int64_t number = 0; number < std::ssize(answers); ++number) {
      store.write([number](Database& db) { insert(db, number); }, answers[static_cast<std::size_t>(number)].done());
    }
    barrier.release();
    for (Answer& answer : answers) CHECK_NOTHROW(answer.get());
  }
  CHECK_NOTHROW(store.write_and_wait([](Database& db) { insert(db, 100); }));
  CHECK(count(store) == 21);
  // A step between two batches does not wait behind one that gathers.
  Answer last;
  store.write([](Database& db) { insert(db, 101); }, last.done());
  CHECK_NOTHROW(store.between_batches([](Database& db) { CHECK_FALSE(db.in_transaction()); }));
  CHECK_NOTHROW(last.get());
  CHECK(count(store) == 22);
}

TEST_CASE("The step before a commit is part of it", "[storage]") {
  int calls = 0;
  bool fails = false;
  Store store({.location = {.memory = true}, .before_commit = [&](Database& db) {
                 CHECK(db.in_transaction());
                 ++calls;
                 db.run(R"sql(UPDATE tallies SET count = 2 WHERE kind = 'test')sql");
                 if (fails) throw Failure(FailureKind::other, "no");
               }});
  {
    Barrier barrier(store);
    Answer first;
    Answer second;
    store.write([](Database& db) { insert(db, 1); }, first.done());
    store.write([](Database& db) { insert(db, 2); }, second.done());
    barrier.release();
    CHECK_NOTHROW(first.get());
    CHECK_NOTHROW(second.get());
  }
  CHECK(calls == 1);  // once for the batch
  store.read([](Database& db) {
    CHECK(db.integer(R"sql(SELECT count(*) FROM tallies WHERE count = 2)sql") == 2);
  });
  fails = true;
  CHECK_THROWS_AS(store.write_and_wait([](Database& db) { insert(db, 3); }), Failure);
  CHECK_THROWS_AS(store.between_batches([](Database& db) {
    storage::Transaction transaction(db, storage::Transaction::Kind::write);
    insert(db, 4);
    transaction.commit();
  }),
                  Failure);
  fails = false;
  CHECK(count(store) == 2);
  CHECK_NOTHROW(store.write_and_wait([](Database& db) { insert(db, 3); }));
  CHECK(count(store) == 3);
}

TEST_CASE("A work that fails after it changed something leaves no trace and takes nobody along", "[storage]") {
  Store store({.location = {.memory = true}});
  Barrier barrier(store);
  std::vector<Answer> answers(5);
  std::atomic<int> told{0};
  const auto good = [&told](std::int64_t number) {
    return [&told, number](Database& db) {
      insert(db, number);
      db.after_commit([&told] { ++told; });
    };
  };
  const auto bad = [&told](std::int64_t number) {
    return [&told, number](Database& db) {
      insert(db, number);
      db.after_commit([&told] { told += 1000; });
      insert(db, number);  // again: a unique violation
    };
  };
  store.write(good(1), answers[0].done());
  store.write(bad(2), answers[1].done());
  store.write(good(3), answers[2].done());
  store.write(bad(4), answers[3].done());
  store.write(good(5), answers[4].done());
  const auto version = store.version();
  barrier.release();
  CHECK_NOTHROW(answers[0].get());
  CHECK_THROWS_AS(answers[1].get(), Failure);
  CHECK_NOTHROW(answers[2].get());
  CHECK_THROWS_AS(answers[3].get(), Failure);
  CHECK_NOTHROW(answers[4].get());
  CHECK(count(store) == 3);
  CHECK(told == 3);
  CHECK(store.version() > version);
  CHECK(store.figures().failed == 2);
  CHECK(store.figures().rerun > 0);
}

TEST_CASE("Who waits together is committed together", "[storage]") {
  Store store({.location = {.memory = true}, .max_batch = 64});
  const auto before = store.figures();
  Barrier barrier(store);
  std::vector<Answer> answers(100);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    store.write([i](Database& db) { insert(db, static_cast<std::int64_t>(i)); }, answers[i].done());
  }
  const auto version = store.version();
  barrier.release();
  for (auto& answer : answers) answer.get();
  CHECK(count(store) == 100);
  CHECK(store.version() <= version + 3);
  store.write_and_wait([](Database&) {});  // the figures of the last batch are written after its answers
  CHECK(store.figures().works - before.works >= 100);
}

TEST_CASE("A full queue refuses, and takes work again", "[storage]") {
  Store store({.location = {.memory = true}, .max_queue = 3});
  std::promise<void> started;
  std::promise<void> released;
  store.write(
      [&](Database&) {
        started.set_value();
        released.get_future().wait();
      },
      {});
  started.get_future().wait();
  std::vector<Answer> answers(3);
  for (auto& answer : answers) store.write([&](Database& db) { insert(db, &answer - answers.data()); }, answer.done());
  CHECK_THROWS_AS(store.write([](Database&) {}, {}), core::Error);
  released.set_value();
  for (auto& answer : answers) answer.get();
  CHECK(count(store) == 3);
}

TEST_CASE("Waiting work is finished when the store closes", "[storage]") {
  support::TemporaryFolder folder;
  std::atomic<int> done{0};
  {
    Store store({.location = {.path = folder.file("a.db")}});
    for (int i = 0; i < 200; ++i) {
      store.write([i](Database& db) { insert(db, i); }, [&](const std::exception_ptr& failure) { done += !failure; });
    }
  }
  CHECK(done == 200);
  Store store({.location = {.path = folder.file("a.db")}});
  CHECK(count(store) == 200);
}

TEST_CASE("A read sees one state, and a read in it the same", "[storage]") {
  Store store({.location = {.memory = true}, .readers = 1});
  store.read([&](Database& db) {
    CHECK(db.integer(R"sql(SELECT count(*) FROM tallies WHERE kind = 'test')sql") == 0);
    store.write_and_wait([](Database& writer) { insert(writer, 1); });
    CHECK(db.integer(R"sql(SELECT count(*) FROM tallies WHERE kind = 'test')sql") == 0);
    CHECK(count(store) == 0);
  });
  CHECK(count(store) == 1);
  CHECK_THROWS_AS(store.read([](Database&) { throw core::not_found("no"); }), core::Error);
  CHECK(count(store) == 1);
}

TEST_CASE("More threads than readers wait for one", "[storage]") {
  Store store({.location = {.memory = true}, .readers = 2});
  std::atomic<int> reads{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) reads += count(store) >= 0;
    });
  }
  for (int i = 0; i < 200; ++i) store.write_and_wait([i](Database& db) { insert(db, i); });
  for (auto& thread : threads) thread.join();
  CHECK(reads == 1600);
}

TEST_CASE("All readers have the file that the store was opened with, whatever becomes of its name", "[storage]") {
  support::TemporaryFolder folder;
  Store store({.location = {.path = folder.file("a.db")}, .readers = 3});
  store.write_and_wait([](Database& db) { insert(db, 1); });
  store.between_batches([](Database&) {});  // after the first upkeep
  std::filesystem::rename(folder.file("a.db"), folder.file("b.db"));
  std::barrier all_at_once(3);
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      store.read([&](Database& db) {
        all_at_once.arrive_and_wait();
        right += db.exists(R"sql(SELECT 1 FROM tallies WHERE kind = 'test' AND day = 1)sql");
      });
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 3);
  std::filesystem::rename(folder.file("b.db"), folder.file("a.db"));
}

TEST_CASE("Upkeep and steps run between batches", "[storage]") {
  std::atomic<int> left{3};
  Store store({.location = {.memory = true}, .upkeep = [&](Database& db) {
                 if (db.in_transaction()) throw std::logic_error("in a transaction");
                 return --left > 0;
               }});
  store.write_and_wait([](Database& db) { insert(db, 1); });
  for (int i = 0; i < 1000 && left > 0; ++i) std::this_thread::sleep_for(1ms);
  CHECK(left <= 0);
  const auto version = store.version();
  store.between_batches([](Database& db) {
    REQUIRE_FALSE(db.in_transaction());
    insert(db, 2);
  });
  CHECK(count(store) == 2);
  CHECK(store.version() == version + 1);
  CHECK_THROWS_AS(store.between_batches([](Database& db) {
    db.execute("BEGIN IMMEDIATE");
    insert(db, 3);
    throw core::conflict("no");
  }),
                  core::Error);
  CHECK(count(store) == 2);
  std::promise<void> answered;
  store.write([&](Database&) { CHECK_THROWS_AS(store.between_batches([](Database&) {}), std::logic_error); },
              [&](const std::exception_ptr&) { answered.set_value(); });
  answered.get_future().get();
}

TEST_CASE("An image takes the whole database back", "[storage]") {
  support::TemporaryFolder folder;
  const bool memory = GENERATE(true, false);
  const storage::Location location{.path = memory ? "" : folder.file("a.db"), .memory = memory};
  {
    Store store({.location = location});
    store.write_and_wait([](Database& db) { insert(db, 1); });
    const auto image = store.save();
    const auto version = store.version();
    for (int round = 0; round < 3; ++round) {
      store.write_and_wait([](Database& db) {
        for (int i = 2; i < 1000; ++i) insert(db, i);
      });
      CHECK(count(store) == 999);
      store.load(image);
      CHECK(count(store) == 1);
      store.write_and_wait([](Database& db) { insert(db, 2); });
      CHECK(count(store) == 2);
      store.load(image);
    }
    CHECK(store.version() > version);
  }
  if (memory) return;
  Store store({.location = location});
  CHECK(count(store) == 1);
}
