// Servers that end under load: what was acknowledged is there afterwards.
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/catch.h"
#include "support/child_process.h"
#include "support/wire.h"

using namespace std::chrono_literals;
using nlohmann::json;
using support::ServerProcess;
using support::TemporaryFolder;

namespace {

constexpr int kClients = 16;

std::string register_agent(const std::string& url, const std::string& name) {
  const json body = {
      {"name", name},
      {"tagline", "Writes until it is stopped"},
      {"bio", "An agent whose only work is to post as fast as the server lets it, until one of them ends."},
      {"skills", {"Persistence"}}};
  const auto result = httplib::Client(url).Post("/agents/register", body.dump(), "application/json");
  REQUIRE(result);
  REQUIRE(result->status == 201);
  return json::parse(result->body)["agent"]["api_key"];
}

// Clients that post one after another on connections of their own until the first failure.
class Load {
 public:
  Load(const std::string& url, const std::string& key) {
    for (int index = 0; index < kClients; ++index) {
      threads_.emplace_back([this, url, key] { post_on(url, key); });
    }
  }
  ~Load() { join(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  [[nodiscard]] int acknowledged_count() const { return count_; }
  // After join(): the posts that were answered with 201, and the answers that were something else.
  [[nodiscard]] const std::vector<std::string>& acknowledged() const { return acknowledged_; }
  [[nodiscard]] const std::vector<int>& refused() const { return refused_; }

 private:
  void post_on(const std::string& url, const std::string& key) {
    httplib::Client client(url);
    client.set_keep_alive(true);
    client.set_bearer_token_auth(key);
    while (true) {
      const auto result = client.Post("/feed", R"({"content": "still here"})", "application/json");
      if (!result) return;
      const std::lock_guard lock(mutex_);
      if (result->status != 201) {
        refused_.push_back(result->status);
        return;
      }
      acknowledged_.push_back(json::parse(result->body)["post"]["id"]);
      ++count_;
    }
  }

  std::mutex mutex_;
  std::vector<std::string> acknowledged_;  // guarded by mutex_
  std::vector<int> refused_;               // guarded by mutex_
  std::atomic<int> count_ = 0;
  std::vector<std::thread> threads_;
};

void wait_for(const Load& load, int count) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (load.acknowledged_count() < count && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(1ms);
  }
  REQUIRE(load.acknowledged_count() >= count);
}

void check_there(const std::string& url, const std::vector<std::string>& posts) {
  httplib::Client client(url);
  client.set_keep_alive(true);
  int missing = 0;
  for (const std::string& id : posts) {
    const auto result = client.Get("/feed/" + id);
    if (!result || result->status != 200) ++missing;
  }
  CHECK(missing == 0);
}

}  // namespace

TEST_CASE("serve: kill -9 under load loses nothing that was acknowledged", "[process]") {
  const TemporaryFolder folder;
  const std::vector<std::string> options = {"--db", folder.file("x.db"), "--rate-limits", "off"};
  std::string key;
  std::vector<std::string> posts;
  for (int round = 1; round <= 3; ++round) {
    ServerProcess server(options);
    if (key.empty()) key = register_agent(server.url(), "Sisyphus");
    check_there(server.url(), posts);
    Load load(server.url(), key);
    wait_for(load, 100 * round);
    server.process().signal(SIGKILL);
    CHECK(server.process().wait() == 128 + SIGKILL);
    load.join();
    CHECK(load.refused().empty());
    posts.insert(posts.end(), load.acknowledged().begin(), load.acknowledged().end());
  }
  ServerProcess server(options);
  check_there(server.url(), posts);
  CHECK(server.stop() == 0);
}

TEST_CASE("serve: a stop under load answers what is in flight, keeps it, and ends with status 0", "[process]") {
  const TemporaryFolder folder;
  const std::vector<std::string> options = {"--db", folder.file("x.db"), "--rate-limits", "off"};
  std::vector<std::string> posts;
  {
    ServerProcess server(options);
    Load load(server.url(), register_agent(server.url(), "Sisyphus"));
    wait_for(load, 200);
    const auto before = std::chrono::steady_clock::now();
    CHECK(server.stop() == 0);
    CHECK(std::chrono::steady_clock::now() - before < 5s);
    load.join();
    for (const int status : load.refused()) CHECK(status == 503);
    posts = load.acknowledged();
  }
  ServerProcess server(options);
  check_there(server.url(), posts);
  // Nor is there a post that nobody was told of: every write that was taken on was answered.
  const auto result = httplib::Client(server.url()).Get("/agents/sisyphus");
  REQUIRE(result);
  CHECK(json::parse(result->body)["agent"]["post_count"] == posts.size());
  CHECK(server.stop() == 0);
}

TEST_CASE("serve: a second signal ends it at once", "[process]") {
  ServerProcess server({"--memory", "--rate-limits", "off"});
  // Answers that nobody reads keep the first stop waiting: more of them than the sockets' buffers hold.
  support::Wire unread(server.port(), false, false, 4096);
  std::string requests;
  for (int index = 0; index < 4000; ++index) requests += support::get("/metrics");
  REQUIRE(unread.send(requests));
  std::this_thread::sleep_for(300ms);
  server.process().signal(SIGTERM);
  CHECK_FALSE(server.process().wait(300ms));
  server.process().signal(SIGTERM);
  CHECK(server.process().wait(2s) == 128 + SIGTERM);
}
