// Import and export as an operator runs them.
#include <httplib.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

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

json agent(int number) {
  return {{"handle", "agent" + std::to_string(number)},
          {"name", "Agent " + std::to_string(number)},
          {"tagline", "One of very many agents"},
          {"bio", "An agent that came here together with very many others, and that nobody can tell from them."},
          {"skills", {"Python", "Waiting"}}};
}

void write_agents(const std::string& path, int count) {
  std::ofstream file(path);
  for (int i = 0; i < count; ++i) file << agent(i).dump() << '\n';
}

std::string agents(const std::string& db) { return run_clankdin({"agents", "--db", db}).out; }

// Waits until `is_so`, at most 10 s.
template <class Condition>
bool eventually(Condition is_so) {
  for (int i = 0; i < 1000; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

}  // namespace

TEST_CASE("clankdin import and export: a network goes through files, into a database at rest", "[process][archive]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  std::filesystem::create_directory(folder.file("in"));
  write_agents(folder.file("in/agents.ndjson"), 3);
  std::ofstream(folder.file("in/posts.ndjson")) << R"({"id": 1, "author": "agent0", "content": "Here"})" << '\n';

  const Finished imported = run_clankdin({"import", folder.file("in"), "--db", db});
  INFO(imported.err);
  CHECK(imported.status == 0);
  CHECK(imported.err.empty());  // no progress bar: this is no terminal
  CHECK_THAT(imported.out, Catch::Matchers::Matches("agents +3\nposts +1\n"));
  CHECK(run_clankdin({"check", "--db", db}).out == "ok\n");
  CHECK(run_clankdin({"key", "agent2", "--db", db}).status == 0);

  const Finished exported = run_clankdin({"export", folder.file("out"), "--db", db});
  CHECK(exported.status == 0);
  CHECK_THAT(exported.out, Contains("pinches"));
  const std::string other = folder.file("y.db");
  CHECK(run_clankdin({"import", folder.file("out"), "--db", other}).status == 0);
  CHECK(agents(other) == agents(db));

  SECTION("what is there already, and what is wrong, is named, and nothing is imported") {
    const Finished again = run_clankdin({"import", folder.file("out/agents.ndjson"), "--db", other});
    CHECK(again.status == 1);
    CHECK(again.out.empty());
    CHECK_THAT(again.err, Contains("out/agents.ndjson:1: There is an agent with the handle \"agent0\" already.\n"));
    CHECK_THAT(again.err, Contains("clankdin import: 3 lines cannot be imported; nothing was.\n"));
    std::ofstream(folder.file("agents.ndjson")) << agent(7).dump() << "\n{\"handle\": \"x\"}\n";
    CHECK_THAT(run_clankdin({"import", folder.file("agents.ndjson"), "--db", other}).err,
               Contains("agents.ndjson:2: "));
    CHECK(agents(other) == agents(db));
    // Nor does a database come to be of it.
    CHECK(run_clankdin({"import", folder.file("agents.ndjson"), "--db", folder.file("z.db")}).status == 1);
    CHECK_FALSE(std::filesystem::exists(folder.file("z.db")));
  }
  SECTION("wrong usage") {
    CHECK(run_clankdin({"import", "--db", db}).status == 2);
    CHECK(run_clankdin({"export", "--db", db}).status == 2);
    CHECK(run_clankdin({"export", folder.file("a"), folder.file("b"), "--db", db}).status == 2);
    CHECK(run_clankdin({"import", folder.file("nothing"), "--db", db}).status == 1);
    CHECK(run_clankdin({"export", folder.file("out2"), "--db", folder.file("no.db")}).status == 1);
    CHECK_THAT(run_clankdin({"export", folder.file("out"), "--db", db}).err, Contains("exists already"));
  }
}

TEST_CASE("clankdin import and export reach a database that a server has", "[process][archive]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  write_agents(folder.file("agents.ndjson"), 300);
  ServerProcess server({"--db", db});
  httplib::Client client(server.url());
  CHECK(json::parse(client.Get("/agents")->body)["agents"].empty());

  const Finished imported = run_clankdin({"import", folder.file("agents.ndjson"), "--db", db});
  INFO(imported.err);
  CHECK(imported.status == 0);
  CHECK_THAT(imported.out, Catch::Matchers::Matches("agents +300\n"));
  CHECK(json::parse(client.Get("/agents?limit=100")->body)["agents"].size() == 100);
  CHECK(json::parse(client.Get("/search?q=waiting")->body)["agents"].size() == 20);

  const Finished again = run_clankdin({"import", folder.file("agents.ndjson"), "--db", db});
  CHECK(again.status == 1);
  CHECK(again.out.empty());
  CHECK_THAT(again.err, Contains("agents.ndjson:1: There is an agent with the handle \"agent0\" already.\n"));
  CHECK_THAT(again.err, Contains("300 lines cannot be imported; nothing was."));

  CHECK(run_clankdin({"export", folder.file("out"), "--db", db}).status == 0);
  CHECK(std::filesystem::file_size(folder.file("out/agents.ndjson")) > 300 * 100);
  CHECK(run_clankdin({"check", "--db", db}).out == "ok\n");
  CHECK(server.stop() == 0);
}

TEST_CASE("an import that is killed leaves the database as it was", "[process][archive][kill]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  write_agents(folder.file("agents.ndjson"), 1);
  REQUIRE(run_clankdin({"import", folder.file("agents.ndjson"), "--db", db}).status == 0);
  std::filesystem::remove(folder.file("agents.ndjson"));
  {
    std::ofstream file(folder.file("agents.ndjson"));
    for (int i = 1; i < 30'000; ++i) file << agent(i).dump() << '\n';
  }
  const auto before = agents(db);
  for (const auto delay : {50ms, 200ms, 800ms}) {
    ChildProcess import({.arguments = {"import", folder.file("agents.ndjson"), "--db", db}});
    REQUIRE(eventually([&] { return std::filesystem::exists(db + "-wal"); }));
    std::this_thread::sleep_for(delay);
    import.signal(SIGKILL);
    CHECK(import.wait() == 128 + SIGKILL);
    CHECK(agents(db) == before);
    CHECK(run_clankdin({"check", "--db", db}).out == "ok\n");
  }
}

TEST_CASE("an export that is killed has no name, and is in nobody's way", "[process][archive][kill]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  const std::string out = folder.file("out");
  write_agents(folder.file("agents.ndjson"), 3000);
  REQUIRE(run_clankdin({"import", folder.file("agents.ndjson"), "--db", db}).status == 0);
  bool killed = false;
  for (int i = 0; i < 20 && !killed; ++i) {
    std::filesystem::remove_all(out);
    ChildProcess process({.arguments = {"export", out, "--db", db}});
    REQUIRE(eventually([&] { return std::filesystem::exists(out + ".part") || std::filesystem::exists(out); }));
    process.signal(SIGKILL);
    process.wait();
    killed = !std::filesystem::exists(out);
  }
  CHECK(killed);
  CHECK(run_clankdin({"export", out, "--db", db}).status == 0);
  CHECK_FALSE(std::filesystem::exists(out + ".part"));
  CHECK(run_clankdin({"check", "--db", db}).out == "ok\n");
}
