// GET /feed/stream over a real connection.
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "server/app.h"
#include "server/server.h"
#include "support/catch.h"
#include "support/wire.h"

using namespace std::chrono_literals;
using Json = nlohmann::json;
using support::Contains;
using support::get;
using support::Wire;

namespace {

struct Event {
  std::string id;
  std::string kind;
  Json data;
};

// A client of the stream: reads events, passes over comments.
class Follower {
 public:
  explicit Follower(int port, const std::string& last_event_id = {}, const std::string& path = "/feed/stream")
      : wire_(port) {
    wire_.send(get(path, last_event_id.empty() ? "" : "Last-Event-ID: " + last_event_id + "\r\n"));
    until("\r\n\r\n");
    head_ = take(bytes_.find("\r\n\r\n") + 4);
  }

  Event next() {
    while (true) {
      until("\n\n");
      std::string block = take(bytes_.find("\n\n") + 2);
      Event event;
      for (std::size_t at = 0; at < block.size();) {
        const std::size_t end = block.find('\n', at);
        const std::string line = block.substr(at, end - at);
        if (line.starts_with("id: ")) event.id = line.substr(4);
        if (line.starts_with("event: ")) event.kind = line.substr(7);
        if (line.starts_with("data: ")) event.data = Json::parse(line.substr(6));
        at = end + 1;
      }
      if (!event.kind.empty()) return event;
    }
  }
  // Whether nothing comes for that long.
  bool quiet(std::int64_t wait_ms) {
    if (bytes_.find("event:") != std::string::npos) return false;
    try {
      bytes_ += wire_.receive(wait_ms);
      return bytes_.find("event:") == std::string::npos;
    } catch (const std::runtime_error&) {
      return true;
    }
  }
  bool ends() { return wire_.ends(); }
  [[nodiscard]] const std::string& head() const { return head_; }

 private:
  void until(const std::string& mark) {
    while (bytes_.find(mark) == std::string::npos) {
      const std::string more = wire_.receive();
      if (more.empty()) throw std::runtime_error("the stream ended: " + bytes_);
      bytes_ += more;
    }
  }
  std::string take(std::size_t size) {
    std::string taken = bytes_.substr(0, size);
    bytes_.erase(0, size);
    return taken;
  }

  Wire wire_;
  std::string bytes_;
  std::string head_;
};

class Town {
 public:
  Town() : server_(config()) {
    server_.start();
    const Json body = {{"name", "Ada"},
                       {"tagline", "Says what there is to say"},
                       {"bio", "An agent that exists so that a test has somebody who says something."},
                       {"skills", {"Talking"}}};
    key_ = send("POST", "/agents/register", body)["agent"]["api_key"];
  }

  Json send(const std::string& method, const std::string& path, const Json& body = nullptr) {
    Wire wire(port());
    const std::string text = body.is_null() ? "" : body.dump();
    wire.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\n" +
              (key_.empty() ? "" : "Authorization: Bearer " + key_ + "\r\n") +
              "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text);
    const std::string answer = wire.answer();
    return Json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
  }
  std::string post(const std::string& content) { return send("POST", "/feed", {{"content", content}})["post"]["id"]; }

  [[nodiscard]] int port() const { return server_.port(); }
  server::Server& server() { return server_; }

 private:
  static server::Config config() {
    server::Config config;
    config.memory = true;
    config.listen.port = 0;
    config.quotas = http::Quotas::off();
    return config;
  }

  server::Server server_;
  std::string key_;
};

}  // namespace

TEST_CASE("GET /feed/stream", "[feed][stream]") {
  Town town;
  town.post("before");
  SECTION("tells of posts, comments and pinches as they happen") {
    Follower follower(town.port());
    CHECK_THAT(follower.head(), Contains("Content-Type: text/event-stream"));
    CHECK_THAT(follower.head(), Contains("Cache-Control: no-store"));
    const auto id = town.post("Hello\nworld");
    const auto post = follower.next();
    CHECK(post.kind == "post");
    CHECK_FALSE(post.id.empty());
    CHECK(post.data["id"] == id);
    CHECK(post.data["content"] == "Hello\nworld");
    CHECK(post.data["author"]["handle"] == "ada");
    CHECK_FALSE(post.data.contains("pinched"));
    town.send("POST", "/feed/" + id + "/comments", {{"content", "Yes"}});
    const auto comment = follower.next();
    CHECK(comment.kind == "comment");
    CHECK(comment.data["post_id"] == id);
    CHECK(comment.data["content"] == "Yes");
    town.send("POST", "/feed/" + id + "/pinch");
    const auto pinch = follower.next();
    CHECK(pinch.kind == "pinch");
    CHECK(pinch.data["post_id"] == id);
    CHECK(pinch.data["pinch_count"] == 1);
    town.send("POST", "/feed", {{"content", ""}});
    CHECK(follower.quiet(100));
  }
  SECTION("is there under its other name") {
    Follower follower(town.port(), "", "/town-square/stream");
    town.post("x");
    CHECK(follower.next().data["content"] == "x");
  }
  SECTION("resumes after Last-Event-ID without loss or repeat") {
    std::string last;
    {
      Follower follower(town.port());
      town.post("seen");
      last = follower.next().id;
    }
    for (int i = 0; i < 3; ++i) town.post("missed " + std::to_string(i));
    Follower by_header(town.port(), last);
    Follower by_query(town.port(), "", "/feed/stream?last_event_id=" + last);
    town.post("live");
    for (auto* follower : {&by_header, &by_query}) {
      for (int i = 0; i < 3; ++i) CHECK(follower->next().data["content"] == "missed " + std::to_string(i));
      CHECK(follower->next().data["content"] == "live");
      CHECK(follower->quiet(50));
    }
  }
  SECTION("says so where it cannot resume") {
    for (const auto* id : {"999999", "abc", "-1"}) {
      INFO(id);
      Follower follower(town.port(), id);
      town.post("now");
      CHECK(follower.next().kind == "gap");
      CHECK(follower.next().data["content"] == "now");
    }
  }
  SECTION("says so where what was missed is not kept any more") {
    std::string last;
    {
      Follower follower(town.port());
      town.post("seen");
      last = follower.next().id;
    }
    town.post("missed and kept no more");
    town.post("missed");
    town.server().app().store().write_and_wait([&](storage::Database& db) {
      db.run(R"sql(DELETE FROM live_events WHERE id <= ?1)sql", std::stoll(last) + 1);
    });
    Follower follower(town.port(), last);
    const auto gap = follower.next();
    CHECK(gap.kind == "gap");
    CHECK(gap.id.empty());
    CHECK_FALSE(gap.data["detail"].get<std::string>().empty());
    CHECK(follower.next().data["content"] == "missed");
    town.post("live");
    CHECK(follower.next().data["content"] == "live");
  }
  SECTION("has a HEAD without events, and methods") {
    Wire wire(town.port());
    wire.send("HEAD /feed/stream HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string head = wire.answer(true);
    CHECK_THAT(head, Contains("200 OK") && Contains("Content-Type: text/event-stream") && !Contains("Content-Length"));
    Wire other(town.port());
    other.send("OPTIONS /feed/stream HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_THAT(other.answer(true), Contains("204") && Contains("Allow: GET, HEAD"));
  }
  SECTION("ends with the server") {
    Follower follower(town.port());
    town.server().stop(5'000);
    CHECK(follower.ends());
  }
}

TEST_CASE("GET /feed/stream while many post and listeners come and go", "[feed][stream]") {
  Town town;
  constexpr int kPosts = 300;
  Follower steady(town.port());
  std::thread writer([&] {
    for (int i = 0; i < kPosts; ++i) town.post(std::to_string(i));
  });
  int next = 0;
  std::string last = "0";
  while (next < kPosts) {
    Follower follower(town.port(), last);
    for (int i = 0; i < 20 && next < kPosts; ++i, ++next) {
      const auto event = follower.next();
      REQUIRE(event.data["content"] == std::to_string(next));
      last = event.id;
    }
  }
  writer.join();
  for (int i = 0; i < kPosts; ++i) REQUIRE(steady.next().data["content"] == std::to_string(i));
}

TEST_CASE("a listener of GET /feed/stream that does not keep up is cut, and nobody else", "[feed][stream]") {
  Town town;
  Follower steady(town.port());
  Wire lazy(town.port(), false, false, 4096);
  lazy.send(get("/feed/stream"));
  lazy.receive();
  // More than the kernel and the outlet hold for it.
  const std::string long_text(1000, 'x');
  for (int i = 0; i < 3000; ++i) {
    town.post(long_text);
    REQUIRE(steady.next().data["content"].get<std::string>().size() == 1000);
  }
  std::size_t got = 0;
  for (std::string part = lazy.receive(); !part.empty(); part = lazy.receive()) got += part.size();
  CHECK(got < 3000 * 1000);
}

TEST_CASE("GET /feed/stream sends a comment line every 15 seconds", "[feed][stream][.slow]") {
  Town town;
  Wire wire(town.port());
  wire.send(get("/feed/stream"));
  std::string head;
  while (head.find("retry:") == std::string::npos) head += wire.receive();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 1; i <= 2; ++i) {
    CHECK(wire.receive(20'000).starts_with(":"));
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took > i * 15s - 1s);
    CHECK(took < i * 15s + 5s);
  }
}

TEST_CASE("a thousand listeners of GET /feed/stream", "[feed][stream]") {
  Town town;
  const auto threads = [] {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  };
  const auto before = threads();
  std::vector<std::unique_ptr<Follower>> followers;
  for (int i = 0; i < 1000; ++i) followers.push_back(std::make_unique<Follower>(town.port()));
  for (int i = 0; i < 5; ++i) town.post(std::to_string(i));
  int right = 0;
  for (auto& follower : followers) {
    bool all = true;
    for (int i = 0; i < 5; ++i) all = follower->next().data["content"] == std::to_string(i) && all;
    right += all ? 1 : 0;
  }
  CHECK(right == 1000);
  CHECK(threads() <= before);  // one that helped at the start may have ended
}
