// What storage/ costs, beside the same thing done by hand in the same run. Prints medians of alternated rounds.
//
//   bench_storage [FOLDER]      the folder's disk is what is measured (default: the current folder)
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "search/search.h"
#include "storage/store.h"

namespace {

using storage::Database;
using storage::Store;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int kAgents = 1000;
constexpr int kPosts = 20000;
constexpr int kRounds = 9;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

core::Uuid uuid_of(std::int64_t number, std::uint8_t kind) {
  core::Uuid id;
  id.bytes[0] = kind;
  for (std::size_t i = 0; i < 8; ++i) id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

std::string handle_of(int number) { return "agent-" + std::to_string(number); }

void insert_agent(Database& db, int number) {
  db.run(R"sql(
    INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, bio)
      VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6))sql",
         uuid_of(number, 1), handle_of(number), number, "An agent", "Made to be measured", std::string(200, 'b'));
}

void insert_post(Database& db, std::int64_t number) {
  db.run(R"sql(
    INSERT INTO posts (uuid, author_id, created_at, content)
      VALUES (?1, ?2, ?3, ?4))sql",
         uuid_of(number, 2), 1 + number % kAgents, 1'700'000'000'000 + number, std::string(200, 'c'));
}

std::atomic<std::int64_t> next_post{0};

void fill(Store& store) {
  store.write_and_wait([](Database& db) {
    for (int i = 0; i < kAgents; ++i) insert_agent(db, i);
    for (int i = 0; i < kPosts; ++i) insert_post(db, next_post++);
  });
}

// Appends and syncs what a small commit appends to a WAL, again and again.
double fdatasyncs_per_second(const std::string& folder) {
  const std::string file = folder + "/raw";
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const std::string block(6 * 4120, 'x');
  const auto start = Clock::now();
  int count = 0;
  while (seconds_since(start) < 0.7) {
    if (pwrite(fd, block.data(), block.size(), count % 150 * static_cast<off_t>(block.size())) < 0) break;
    if (fdatasync(fd) != 0) break;
    ++count;
  }
  const double rate = count / seconds_since(start);
  close(fd);
  unlink(file.c_str());
  return rate;
}

// `clients` works are under way at any time; each is given in again when it is done.
double group_commits_per_second(Store& store, int clients) {
  std::atomic<bool> stop{false};
  std::atomic<int> under_way{clients};
  std::atomic<std::int64_t> committed{0};
  std::mutex mutex;
  std::condition_variable finished;
  std::function<void()> submit = [&] {
    store.write([number = next_post++](Database& db) { insert_post(db, number); },
                [&](const std::exception_ptr& failure) {
                  if (!failure) ++committed;
                  if (!stop) {
                    submit();
                    return;
                  }
                  const std::lock_guard guard(mutex);
                  if (--under_way == 0) finished.notify_one();
                });
  };
  const auto start = Clock::now();
  for (int i = 0; i < clients; ++i) submit();
  std::this_thread::sleep_for(700ms);
  stop = true;
  std::unique_lock lock(mutex);
  finished.wait(lock, [&] { return under_way == 0; });
  return static_cast<double>(committed) / seconds_since(start);
}

// The same with a thread that waits for each.
double waiting_threads_per_second(Store& store, int clients) {
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> committed{0};
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        const std::int64_t number = next_post++;
        store.write_and_wait([number](Database& db) { insert_post(db, number); });
        ++committed;
      }
    });
  }
  std::this_thread::sleep_for(700ms);
  stop = true;
  for (auto& thread : threads) thread.join();
  return static_cast<double>(committed) / seconds_since(start);
}

std::uint64_t sink = 0;

double per_second(int times, const std::function<void(int)>& action) {
  const auto start = Clock::now();
  for (int i = 0; i < times; ++i) action(i);
  return times / seconds_since(start);
}

constexpr const char* kAgentSql = "SELECT id, handle, name, tagline, bio FROM agents WHERE handle = ?1";
constexpr const char* kPageSql =
    "SELECT p.id, p.uuid, a.handle, p.content, p.pinch_count FROM posts p JOIN agents a ON a.id = p.author_id "
    "WHERE (p.created_at, p.id) < (?1, ?2) ORDER BY p.created_at DESC, p.id DESC LIMIT 20";

void bare_agent(sqlite3_stmt* statement, int i) {
  const std::string handle = handle_of(i % kAgents);
  sqlite3_bind_text(statement, 1, handle.data(), static_cast<int>(handle.size()), SQLITE_STATIC);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    sink += static_cast<std::uint64_t>(sqlite3_column_int64(statement, 0));
    for (int column = 1; column < 5; ++column) {
      sink += *sqlite3_column_text(statement, column);
      sink += static_cast<std::uint64_t>(sqlite3_column_bytes(statement, column));
    }
  }
  sqlite3_reset(statement);
}

void our_agent(Database& db, int i) {
  for (auto row = db.query(R"sql(SELECT id, handle, name, tagline, bio FROM agents WHERE handle = ?1)sql",
                           handle_of(i % kAgents));
       row.step();) {
    sink += static_cast<std::uint64_t>(row.integer(0));
    for (int column = 1; column < 5; ++column) {
      const std::string_view text = row.text(column);
      sink += static_cast<std::uint64_t>(text[0]) + text.size();
    }
  }
}

void bare_page(sqlite3_stmt* statement, int i) {
  sqlite3_bind_int64(statement, 1, 1'700'000'000'000 + 100 + i % 10000);
  sqlite3_bind_int64(statement, 2, 0);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    sink += static_cast<std::uint64_t>(sqlite3_column_int64(statement, 0));
    sink += *static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, 1));
    sink += static_cast<std::uint64_t>(sqlite3_column_bytes(statement, 1));
    for (int column = 2; column < 4; ++column) {
      sink += *sqlite3_column_text(statement, column);
      sink += static_cast<std::uint64_t>(sqlite3_column_bytes(statement, column));
    }
    sink += static_cast<std::uint64_t>(sqlite3_column_int64(statement, 4));
  }
  sqlite3_reset(statement);
}

void our_page(Database& db, int i) {
  for (
      auto row = db.query(
          R"sql(
             SELECT p.id, p.uuid, a.handle, p.content, p.pinch_count
               FROM posts p JOIN agents a ON a.id = p.author_id
               WHERE (p.created_at, p.id) < (?1, ?2)
               ORDER BY p.created_at DESC, p.id DESC
               LIMIT 20)sql",
          1'700'000'000'000 + 100 + i % 10000, 0);
      row.step();) {
    sink += static_cast<std::uint64_t>(row.integer(0));
    sink += row.uuid(1).bytes[0];
    for (int column = 2; column < 4; ++column) {
      const std::string_view text = row.text(column);
      sink += static_cast<std::uint64_t>(text[0]) + text.size();
    }
    sink += static_cast<std::uint64_t>(row.integer(4));
  }
}

sqlite3_stmt* prepare(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  return statement;
}

void compare(const char* what, int times, const std::function<void(int)>& bare, const std::function<void(int)>& ours) {
  std::vector<double> bare_rates;
  std::vector<double> our_rates;
  for (int round = 0; round < kRounds; ++round) {
    bare_rates.push_back(per_second(times, bare));
    our_rates.push_back(per_second(times, ours));
  }
  const double bare_rate = median(bare_rates);
  const double our_rate = median(our_rates);
  std::printf("%-34s bare C %9.0f/s   ours %9.0f/s   ratio %.2f\n", what, bare_rate, our_rate, our_rate / bare_rate);
}

void measure_reads(Store& store, const char* kind) {
  store.read([&](Database& db) {
    sqlite3_stmt* agent = prepare(db.handle(), kAgentSql);
    sqlite3_stmt* page = prepare(db.handle(), kPageSql);
    compare((std::string("point read, ") + kind).c_str(), 20000, [&](int i) { bare_agent(agent, i); },
            [&](int i) { our_agent(db, i); });
    compare((std::string("page of 20, ") + kind).c_str(), 2000, [&](int i) { bare_page(page, i); },
            [&](int i) { our_page(db, i); });
    sqlite3_finalize(agent);
    sqlite3_finalize(page);
  });
  const auto read_agent = [&](int i) { store.read([i](Database& db) { our_agent(db, i); }); };
  std::printf("%-34s %9.0f/s\n", (std::string("store.read of one agent, ") + kind).c_str(),
              per_second(50000, read_agent));
  for (const int threads : {1, 2, 4}) {
    std::vector<std::thread> all;
    std::atomic<std::int64_t> pages{0};
    const auto start = Clock::now();
    for (int t = 0; t < threads; ++t) {
      all.emplace_back([&, t] {
        for (int i = t; seconds_since(start) < 0.5; ++i) {
          store.read([i](Database& db) { our_page(db, i * 37); });
          ++pages;
        }
      });
    }
    for (auto& thread : all) thread.join();
    std::printf("%-34s %9.0f/s with %d threads\n", (std::string("store.read of a page, ") + kind).c_str(),
                static_cast<double>(pages) / seconds_since(start), threads);
  }
}

void measure_writes(Store& store, const std::string& folder) {
  const int clients[] = {1, 16, 64, 256};
  std::vector<double> raw;
  std::vector<double> single;
  std::vector<double> grouped[4];
  std::vector<double> threaded[2];
  for (int round = 0; round < 3; ++round) {
    raw.push_back(fdatasyncs_per_second(folder));
    single.push_back(waiting_threads_per_second(store, 1));
    for (std::size_t i = 0; i < 4; ++i) grouped[i].push_back(group_commits_per_second(store, clients[i]));
    threaded[0].push_back(waiting_threads_per_second(store, 16));
    threaded[1].push_back(waiting_threads_per_second(store, 64));
  }
  std::printf("%-34s %9.0f/s\n", "fdatasync loop", median(raw));
  std::printf("%-34s %9.0f/s   %.2f of fdatasync\n", "one client that waits", median(single),
              median(single) / median(raw));
  for (std::size_t i = 0; i < 4; ++i) {
    std::printf("%-30s %3d %9.0f/s   %.1f of one that waits\n", "group commit, clients", clients[i], median(grouped[i]),
                median(grouped[i]) / median(single));
  }
  std::printf("%-34s %9.0f/s\n%-34s %9.0f/s\n", "16 waiting threads", median(threaded[0]), "64 waiting threads",
              median(threaded[1]));
}

void measure_memory() {
  std::vector<double> starts;
  for (int i = 0; i < 20; ++i) {
    const auto start = Clock::now();
    Store store({.location = {.memory = true}});
    store.read([](Database& db) { sink += db.exists(R"sql(SELECT 1 FROM agents)sql"); });
    starts.push_back(seconds_since(start) * 1000);
  }
  std::printf("%-34s %9.2f ms\n", "memory: start to first read", median(starts));
}

void measure_images(Store& store, const char* kind) {
  std::vector<double> saves;
  std::vector<double> loads;
  std::vector<double> first_reads;
  std::size_t size = 0;
  for (int i = 0; i < 11; ++i) {
    auto start = Clock::now();
    const auto image = store.save();
    saves.push_back(seconds_since(start) * 1000);
    size = image.size;
    start = Clock::now();
    store.load(image);
    loads.push_back(seconds_since(start) * 1000);
    start = Clock::now();
    store.read([](Database& db) { our_agent(db, 1); });
    first_reads.push_back(seconds_since(start) * 1000);
  }
  std::printf("image of %.1f MB, %s: save %.2f ms, load %.2f ms, first read after it %.2f ms\n",
              static_cast<double>(size) / 1e6, kind, median(saves), median(loads), median(first_reads));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string base = argc > 1 ? argv[1] : ".";
  std::string folder = base + "/storage-bench-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return 1;
  {
    measure_memory();
    Store memory({.location = {.memory = true}});
    memory.write_and_wait([](Database& db) {
      for (int i = 0; i < kAgents; ++i) insert_agent(db, i);
      for (int i = 0; i < 9000; ++i) insert_post(db, next_post++);
    });
    measure_images(memory, "memory");
    std::printf("memory, group commit of 64 clients: %.0f/s\n", group_commits_per_second(memory, 64));
    next_post = 0;
  }
  for (const bool kind : {true, false}) {
    next_post = 0;
    Store store({.location = {.path = kind ? "" : folder + "/reads.db", .memory = kind},
                 .before_commit = search::catch_up});
    fill(store);
    std::this_thread::sleep_for(1500ms);  // until the WAL has gone into the database
    measure_reads(store, kind ? "memory" : "file");
    if (!kind) measure_images(store, "file");
  }
  {
    next_post = 0;
    Store store({.location = {.path = folder + "/writes.db"}, .before_commit = search::catch_up});
    fill(store);
    measure_writes(store, folder);
    const auto figures = store.figures();
    std::printf("WAL afterwards: %.1f MB, database %.1f MB\n", static_cast<double>(figures.wal_bytes) / 1e6,
                static_cast<double>(figures.database_bytes) / 1e6);
  }
  std::filesystem::remove_all(folder);
  return sink == 42 ? 1 : 0;
}
