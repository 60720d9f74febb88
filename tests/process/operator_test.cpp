// What an operator does with a database: while a server has it, and at rest.
#include <httplib.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "storage/store.h"
#include "support/catch.h"
#include "support/child_process.h"

using namespace std::chrono_literals;
using nlohmann::json;
using support::ChildProcess;
using support::Contains;
using support::Finished;
using support::run_clankdin;
using support::ServerProcess;
using support::TemporaryFolder;

namespace {

std::string register_agent(const std::string& url, const std::string& name) {
  const json body = {{"name", name},
                     {"tagline", "Is looked after by operators"},
                     {"bio", "An agent that lost its key more than once, and was glad of an operator every time."},
                     {"skills", {"Patience"}}};
  const auto result = httplib::Client(url).Post("/agents/register", body.dump(), "application/json");
  REQUIRE(result);
  REQUIRE(result->status == 201);
  return json::parse(result->body)["agent"]["api_key"];
}

int status_with_key(const std::string& url, const std::string& key) {
  httplib::Client client(url);
  client.set_bearer_token_auth(key);
  const auto result = client.Get("/agents/me");
  return result ? result->status : 0;
}

std::string without_newline(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

void check_fails(const Finished& finished, const std::string& sentence) {
  INFO(finished.out << finished.err);
  CHECK(finished.status == 1);
  CHECK_THAT(finished.err, Contains(sentence));
  CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
}

}  // namespace

TEST_CASE("agents and key work on a database that a server has, and on one at rest", "[process][operator]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  std::string first;
  std::string second;
  {
    ServerProcess server({"--db", db});
    first = register_agent(server.url(), "Ada Bot");
    struct stat status {};
    REQUIRE(stat((db + "-control").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);

    const Finished agents = run_clankdin({"agents", "--db", db});
    CHECK(agents.status == 0);
    CHECK_THAT(agents.out, Catch::Matchers::Matches("ada_bot +20[0-9T:.-]+Z  Ada Bot\n"));
    const Finished line = run_clankdin({"agents", "--db", db, "--json"});
    CHECK(json::parse(line.out)["handle"] == "ada_bot");

    const Finished key = run_clankdin({"key", "Ada_Bot", "--db", db});
    CHECK(key.status == 0);
    second = without_newline(key.out);
    CHECK(status_with_key(server.url(), first) == 401);
    CHECK(status_with_key(server.url(), second) == 200);
    check_fails(run_clankdin({"key", "nobody", "--db", db}), "There is no agent with the handle \"nobody\"");
    CHECK(run_clankdin({"check", "--db", db}).out == "ok\n");
    CHECK(run_clankdin({"check", "--rebuild", "--db", db}).out == "ok\n");
    CHECK(server.stop() == 0);
    CHECK_THAT(server.process().err(), !Contains(second));
    CHECK_FALSE(std::filesystem::exists(db + "-control"));
  }
  CHECK_THAT(run_clankdin({"agents", "--db", db}).out, Contains("ada_bot"));
  CHECK(run_clankdin({"check", "--db", db}).out == "ok\n");
  const std::string third = without_newline(run_clankdin({"key", "ada_bot", "--db", db}).out);
  ServerProcess server({"--db", db});
  CHECK(status_with_key(server.url(), second) == 401);
  CHECK(status_with_key(server.url(), third) == 200);
}

TEST_CASE("a control socket that a killed server left is in nobody's way", "[process][operator]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  {
    ServerProcess server({"--db", db});
    register_agent(server.url(), "Ada Bot");
    server.process().signal(SIGKILL);
    server.process().wait();
  }
  REQUIRE(std::filesystem::exists(db + "-control"));
  CHECK_THAT(run_clankdin({"agents", "--db", db}).out, Contains("ada_bot"));
  ServerProcess server({"--db", db});
  CHECK_THAT(run_clankdin({"agents", "--db", db}).out, Contains("ada_bot"));
}

TEST_CASE("a database deep in folders has a control socket too", "[process][operator]") {
  const TemporaryFolder folder;
  const std::string deep = folder.file(std::string(90, 'a') + "/" + std::string(90, 'b'));
  std::filesystem::create_directories(deep);
  ServerProcess server({"--db", deep + "/x.db"});
  register_agent(server.url(), "Ada Bot");
  CHECK_THAT(run_clankdin({"agents", "--db", deep + "/x.db"}).out, Contains("ada_bot"));
}

TEST_CASE("a command that needs a database does not make one", "[process][operator]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("none.db");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"agents"}, {"check"}, {"key", "ada"}, {"backup", folder.file("b.db")}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"--db", db});
    check_fails(run_clankdin(arguments), "does not exist");
    CHECK_FALSE(std::filesystem::exists(db));
  }
}

TEST_CASE("backup of a serving database, and restore", "[process][operator]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  const std::string copy = folder.file("copy.db");
  std::string key;
  {
    ServerProcess server({"--db", db, "--rate-limits", "off"});
    key = register_agent(server.url(), "Ada Bot");
    std::atomic<bool> stop = false;
    std::atomic<int> posted = 0;
    std::thread load([&] {
      httplib::Client client(server.url());
      client.set_bearer_token_auth(key);
      while (!stop) {
        const auto result = client.Post("/feed", R"({"content": "still here"})", "application/json");
        if (result && result->status == 201) ++posted;
      }
    });
    while (posted < 50) std::this_thread::sleep_for(1ms);
    CHECK(run_clankdin({"backup", copy, "--db", db}).status == 0);
    const int at_backup = posted;
    stop = true;
    load.join();
    CHECK(at_backup >= 50);
    check_fails(run_clankdin({"backup", copy, "--db", db}), "exists already");
    check_fails(run_clankdin({"restore", copy, "--db", db}), "--force");
    check_fails(run_clankdin({"restore", copy, "--db", db, "--force"}), "in use by a server");
  }
  register_agent(ServerProcess({"--db", db}).url(), "Late Bot");
  CHECK(run_clankdin({"restore", copy, "--db", db, "--force"}).status == 0);
  CHECK_THAT(run_clankdin({"agents", "--db", db}).out, Contains("ada_bot") && !Contains("late_bot"));
  CHECK(run_clankdin({"check", "--db", db}).out == "ok\n");
  ServerProcess server({"--db", db});
  CHECK(status_with_key(server.url(), key) == 200);
}

TEST_CASE("a backup that is killed leaves nothing under its name, and can be made again", "[process][operator]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  {
    storage::Store store({.location = {.path = db}});
    store.write_and_wait([](storage::Database& database) {
      database.run(R"sql(
          WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 200000)
          INSERT INTO tallies (kind, day, count)
          SELECT 'test', n, n
          FROM number)sql");
    });
  }
  const std::string copy = folder.file("copy.db");
  ChildProcess backup({.arguments = {"backup", copy, "--db", db}});
  while (backup.runs() && !std::filesystem::exists(copy + ".part")) std::this_thread::sleep_for(100us);
  backup.signal(SIGKILL);
  backup.wait();
  CHECK_FALSE(std::filesystem::exists(copy));
  CHECK(run_clankdin({"backup", copy, "--db", db}).status == 0);
  CHECK_FALSE(std::filesystem::exists(copy + ".part"));
  CHECK(run_clankdin({"restore", copy, "--db", folder.file("y.db")}).status == 0);
}
