// A server's life as a process: ready, answering, stopped.
#include <arpa/inet.h>
#include <fcntl.h>
#include <httplib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/version.h"
#include "support/catch.h"
#include "support/child_process.h"

using namespace std::chrono_literals;
using support::Contains;
using nlohmann::json;
using support::ChildProcess;
using support::Finished;
using support::read_file;
using support::run_clankdin;
using support::ServerProcess;
using support::TemporaryFolder;
using SteadyClock = std::chrono::steady_clock;

namespace {

json get_json(const std::string& url, const std::string& path) {
  httplib::Client client(url);
  const auto result = client.Get(path);
  REQUIRE(result);
  REQUIRE(result->status == 200);
  return json::parse(result->body);
}

}  // namespace

TEST_CASE("serve: says once where it listens, answers, and stops on a signal with status 0", "[process]") {
  const TemporaryFolder folder;
  const int signal = GENERATE(SIGTERM, SIGINT);
  ServerProcess server({"--db", folder.file("x.db")});

  const json ready = json::parse(server.ready_text());
  CHECK(ready.size() == 3);
  CHECK(ready["url"] == "http://127.0.0.1:" + std::to_string(server.port()));
  CHECK(ready["pid"] == server.process().pid());

  const json health = get_json(server.url(), "/health");
  CHECK(health["status"] == "ok");
  CHECK(health["version"] == core::kVersion);
  CHECK(health["uptime_seconds"] >= 0);
  CHECK(get_json(server.url(), "/")["links"]["health"] == server.url() + "/health");

  server.process().signal(signal);
  const auto before = SteadyClock::now();
  CHECK(server.process().wait() == 0);
  CHECK(SteadyClock::now() - before < 2s);
  CHECK(server.process().out() == "clankdin " + std::string(core::kVersion) + " listening on " + server.url() + "\n");
  CHECK_FALSE(std::filesystem::exists(server.ready_file()));
  CHECK_FALSE(std::filesystem::exists(folder.file("x.db-wal")));
  struct stat status {};
  REQUIRE(::stat(folder.file("x.db").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("serve --memory leaves nothing on disk", "[process]") {
  const TemporaryFolder folder;
  ServerProcess server({"--memory"}, {.folder = folder.path()});
  CHECK(get_json(server.url(), "/health")["status"] == "ok");
  CHECK(server.stop() == 0);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("serve: nobody who reads standard output is no failure", "[process]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  SECTION("closed: the database does not become it") {
    ServerProcess server({"--db", db}, {.close_output = true});
    CHECK(get_json(server.url(), "/health")["status"] == "ok");
    CHECK(server.stop() == 0);
    CHECK(read_file(db).substr(0, 15) == "SQLite format 3");
  }
  SECTION("a pipe without a reader") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    ::close(ends[0]);
    ServerProcess server({"--db", db}, {.output = ends[1]});
    ::close(ends[1]);
    CHECK(get_json(server.url(), "/health")["status"] == "ok");
    CHECK(server.stop() == 0);
  }
}

TEST_CASE("serve: options come from the environment and from a file", "[process]") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("c.toml")) << "memory = true\npublic-url = 'http://clank.example/'\n";

  ServerProcess server({"--config", folder.file("c.toml")},
                       {.environment = {{"CLANKDIN_HOST", "::1"}}, .folder = folder.path()});
  CHECK_THAT(server.url(), Contains("http://[::1]:"));
  CHECK(get_json(server.url(), "/")["links"]["self"] == "http://clank.example/");
  CHECK(server.stop() == 0);
  CHECK_FALSE(std::filesystem::exists(folder.file("clankdin.db")));
}

TEST_CASE("serve --log-level debug writes a line a request to standard error, without keys and queries", "[process]") {
  ServerProcess server({"--memory", "--log-level", "debug", "--log-format", "json"});
  httplib::Client client(server.url());
  REQUIRE(client.Get("/agents/clnk_abcdefghijklmnopqrstuvwxyz0123456789?skill=secret"));
  CHECK(server.stop() == 0);
  const std::string err = server.process().err();
  CHECK_THAT(err,
             Contains("\"method\":\"GET\"") && Contains("\"path\":\"/agents/clnk_") && Contains("\"status\":\"404\""));
  CHECK_THAT(err, !Contains("secret") && !Contains("abcdefghij"));
}

TEST_CASE("serve: as many open files as it may have", "[process]") {
  ServerProcess server({"--memory"});
  rlimit limit{};
  REQUIRE(::prlimit(server.process().pid(), RLIMIT_NOFILE, nullptr, &limit) == 0);
  CHECK(limit.rlim_cur == limit.rlim_max);
}

TEST_CASE("serve: /metrics counts by route, not by path", "[process]") {
  ServerProcess server({"--memory"});
  httplib::Client client(server.url());
  client.set_keep_alive(true);  // one connection, whatever the time closing takes
  client.Get("/health");
  client.Get("/no/such/path");
  const auto result = client.Get("/metrics");
  REQUIRE(result);
  CHECK(result->status == 200);
  CHECK_THAT(result->get_header_value("Content-Type"), Contains("text/plain; version=0.0.4"));
  CHECK_THAT(result->body,
             Contains("clankdin_http_requests_total{method=\"GET\",route=\"/health\",status=\"200\"} 1\n") &&
                 Contains("clankdin_http_requests_total{method=\"any\",route=\"none\",status=\"404\"} 1\n") &&
                 Contains("clankdin_connections 1\n") && Contains("clankdin_writer_queue 0\n") &&
                 !Contains("/no/such"));
}

TEST_CASE("wait: until a server is there, or not", "[process]") {
  SECTION("there") {
    ServerProcess server({"--memory"});
    CHECK(run_clankdin({"wait", server.url() + "/", "--timeout", "5"}).status == 0);
  }
  SECTION("not there") {
    const auto before = SteadyClock::now();
    const Finished finished = run_clankdin({"wait", "http://127.0.0.1:1", "--timeout", "0.3"});
    CHECK(finished.status == 1);
    CHECK(finished.err ==
          "clankdin wait: http://127.0.0.1:1 is not ready after 0.3 s: The connection was refused: nobody listens "
          "there.\n");
    CHECK(SteadyClock::now() - before < 2s);
  }
  SECTION("later") {
    int port = 0;
    {
      ServerProcess first({"--memory"});
      port = first.port();
      CHECK(first.stop() == 0);
    }
    ChildProcess waiting({.arguments = {"wait", "http://127.0.0.1:" + std::to_string(port), "--timeout", "20"}});
    CHECK_FALSE(waiting.wait(300ms));
    ChildProcess server({.arguments = {"serve", "--memory", "--port", std::to_string(port)}});
    CHECK(waiting.wait() == 0);
    server.signal(SIGTERM);
    CHECK(server.wait() == 0);
  }
}
