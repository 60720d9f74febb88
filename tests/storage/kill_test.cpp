// kill -9 of a process that writes: whatever it has acknowledged is there afterwards.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage/store.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using storage::Database;
using storage::Store;

namespace {

using namespace std::chrono_literals;

constexpr int kReportDescriptor = 3;

// Starts this program again with a hidden test, whose descriptor 3 is the pipe that it reports to.
pid_t start_writer(const std::string& file, std::int64_t first, int report) {
  setenv("CLANKDIN_TEST_FILE", file.c_str(), 1);
  setenv("CLANKDIN_TEST_FIRST", std::to_string(first).c_str(), 1);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, report, kReportDescriptor);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::string filter = "[.acknowledging-writer]";
  char* arguments[] = {program.data(), filter.data(), nullptr};
  pid_t child = -1;
  const int error = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? child : -1;
}

}  // namespace

TEST_CASE("Nothing that was acknowledged is lost when the process is killed", "[storage][kill]") {
  support::TemporaryFolder folder;
  const std::string file = folder.file("a.db");
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < 5; ++round) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    const pid_t child = start_writer(file, round * 1'000'000, ends[1]);
    REQUIRE(child > 0);
    close(ends[1]);
    std::thread killer([&] {
      std::this_thread::sleep_for(150ms + round * 53ms);
      kill(child, SIGKILL);
    });
    std::int64_t number = 0;
    while (read(ends[0], &number, sizeof number) == sizeof number) acknowledged.insert(number);
    killer.join();
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
  }
  CHECK(acknowledged.size() > 20);
  Store store({.location = {.path = file}});
  store.read([&](Database& db) {
    CHECK(db.text(R"sql(PRAGMA integrity_check)sql") == "ok");
    for (auto row = db.query(R"sql(SELECT day FROM tallies WHERE kind = 'test')sql"); row.step();) {
      acknowledged.erase(row.integer(0));
    }
  });
  CHECK(acknowledged.empty());
}

// The process of the test above: 16 clients that each write a number, wait for the commit and report it, for ever.
TEST_CASE("acknowledging writer", "[.acknowledging-writer]") {
  Store store({.location = {.path = getenv("CLANKDIN_TEST_FILE")}});
  std::atomic<std::int64_t> next{std::atoll(getenv("CLANKDIN_TEST_FIRST"))};
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&] {
      for (;;) {
        const std::int64_t number = next++;
        store.write_and_wait([number](Database& db) {
          db.run(R"sql(INSERT INTO tallies (kind, day, count) VALUES ('test', ?1, 1))sql", number);
        });
        if (write(kReportDescriptor, &number, sizeof number) != sizeof number) std::_Exit(1);
      }
    });
  }
  for (auto& client : clients) client.join();
}
