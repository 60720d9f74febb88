// What /console shows, and to whom.
#include "console/console.h"

#include <atomic>
#include <mutex>
#include <thread>

#include "http/rate_limiter.h"
#include "journal/journal.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"
#include "webhooks/receiver.h"

using support::Contains;

namespace {

const TestApp::Headers kLocal = {{"Host", "localhost:8080"}};

Answer look(TestApp& app, const std::string& path = "/console/requests", const TestApp::Headers& headers = kLocal) {
  return app.get(path, "", headers);
}

Json requests(TestApp& app, const std::string& query = "") {
  const auto answer = look(app, "/console/requests" + query);
  REQUIRE(answer.status == 200);
  return answer.json["requests"];
}

Json in_full(TestApp& app, const Json& entry) {
  return look(app, "/console/requests/" + entry["number"].dump()).json["request"];
}

// The end of a stream that a test reads.
class Ear : public http::Outlet {
 public:
  bool send(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    heard_.append(bytes);
    return open_;
  }
  [[nodiscard]] bool open() const override { return open_; }
  void close() override { open_ = false; }
  [[nodiscard]] std::string heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  mutable std::mutex mutex_;
  std::string heard_;
  std::atomic<bool> open_{true};
};

std::shared_ptr<Ear> follow(TestApp& app) {
  auto ear = std::make_shared<Ear>();
  auto request = http::make_request("GET", "/console/stream", kLocal);
  request.client_address = "127.0.0.1";
  app.app().dispatch(std::move(request), [&](http::Reply reply) {
    REQUIRE(reply.status == 200);
    REQUIRE(reply.stream);
    reply.stream(ear);
  });
  return ear;
}

}  // namespace

TEST_CASE("/console is for the server's own machine alone", "[console]") {
  TestApp app;
  const std::vector<std::string> paths = {"/console",           "/console/requests", "/console/requests/1",
                                          "/console/stream",    "/console/limits",   "/console/deliveries",
                                          "/console/style.css", "/console/script.js"};
  for (const auto& path : paths) {
    INFO(path);
    const auto shown = look(app, path == "/console/stream" ? "/console" : path);
    CHECK((shown.status == 200 || path == "/console/requests/1"));
    CHECK(shown.header("Access-Control-Allow-Origin").empty());
    CHECK(look(app, path, {{"Host", "evil.test"}}).status == 403);
    CHECK(look(app, path, {{"Host", "clankdin.test"}}).status == 403);
    CHECK(look(app, path, {{"Host", "localhost:8080"}, {"Origin", "http://evil.test"}}).status == 403);
    CHECK(look(app, path, {{"Host", "localhost:8080"}, {"Origin", "http://localhost:3000"}}).status == 403);
    CHECK(look(app, path, {{"Host", "localhost:8080"}, {"Origin", "null"}}).status == 403);
    CHECK(look(app, path, {{"Host", "localhost:8080"}, {"X-Forwarded-For", "192.0.2.7"}}).status == 403);
    CHECK(look(app, path, {{"Host", "localhost:8080"}, {"Forwarded", "for=192.0.2.7"}}).status == 403);
    auto request = http::make_request("GET", path, kLocal);
    request.client_address = "192.0.2.7";
    int status = 0;
    app.app().dispatch(std::move(request), [&](http::Reply reply) { status = reply.status; });
    CHECK(status == 403);
  }
  CHECK(look(app, "/console/requests", {{"Host", "127.0.0.1:8080"}, {"Origin", "http://127.0.0.1:8080"}}).status ==
        200);
  CHECK(app.del("/console/requests", "", {{"Host", "localhost"}, {"Origin", "http://evil.test"}}).status == 403);
  const auto page = look(app, "/console");
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK_THAT(page.header("Content-Security-Policy"), Contains("script-src 'self'"));
  CHECK(page.body.find(" style=") == std::string::npos);
}

TEST_CASE("/console/requests: nothing is recorded until somebody looks, nor of the console itself", "[console]") {
  TestApp app;
  app.get("/feed");
  CHECK(requests(app).empty());
  app.get("/feed?limit=1", "ada");
  look(app, "/console");
  look(app, "/console/limits");
  app.get("/script.js", "", {{"Host", "localhost"}, {"Referer", "http://localhost/console"}});
  const auto seen = requests(app);
  REQUIRE(seen.size() == 2);  // ada's registration, too
  CHECK(seen[0]["path"] == "/feed");
  CHECK(seen[0]["query"] == "limit=1");
  CHECK(seen[0]["method"] == "GET");
  CHECK(seen[0]["agent"] == "ada");
  CHECK(seen[0]["status"] == 200);
  CHECK(seen[0]["client"] == "127.0.0.1");
  CHECK(seen[1]["agent"].is_null());
  CHECK_FALSE(seen[0].contains("headers"));
  CHECK(app.del("/console/requests", "", kLocal).status == 204);
  CHECK(requests(app).empty());
  CHECK(look(app, "/console/requests/1").status == 404);
  CHECK(look(app, "/console/requests/x").status == 404);
}

TEST_CASE("/console/requests/:number: headers and bodies, without keys and secrets", "[console]") {
  TestApp app;
  look(app);
  app.make_agent("ada");
  const std::string key = app.key("ada");
  app.post("/agents/me/rotate-key", "ada");
  app.post("/webhooks/register", "bob", {{"url", "http://127.0.0.1:9/hook"}}, {{"Cookie", "s=1"}});
  for (const auto& entry : requests(app)) {
    const auto full = in_full(app, entry);
    INFO(full);
    CHECK(full.dump().find(key) == std::string::npos);
    for (const std::string secret : {"clnk_", "whsec_"}) {
      for (auto at = full.dump().find(secret); at != std::string::npos; at = full.dump().find(secret, at + 1)) {
        CHECK(full.dump().substr(at + secret.size(), 3) == "***");
      }
    }
  }
  const auto hook = in_full(app, requests(app)[0]);
  CHECK(hook["headers"]["authorization"] == "Bearer ***");
  CHECK(hook["headers"]["cookie"] == "***");
  CHECK(hook["body"]["url"] == "http://127.0.0.1:9/hook");
  CHECK(hook["answer"]["webhook"]["secret"] == "whsec_***");
  CHECK(hook["status"] == 201);
}

TEST_CASE("/console/requests: filters and pages", "[console]") {
  TestApp app;
  look(app);
  app.post("/feed", "ada", {{"content", "Hello"}});
  app.get("/feed");
  app.get("/feed/nothing", "bob");
  const auto count = [&](const std::string& query) { return requests(app, query).size(); };
  CHECK(count("?agent=ada") == 1);
  CHECK(count("?method=get") == 2);
  CHECK(count("?path=/feed") == 2);
  CHECK(count("?path=/feed*&status=4xx") == 1);
  CHECK(count("?status=201") == 3);  // two registrations and a post
  CHECK(look(app, "/console/requests?status=9").faulty_fields() == std::vector<std::string>{"status"});
  const auto first = look(app, "/console/requests?limit=3");
  REQUIRE(first.json["requests"].size() == 3);
  const auto rest = look(app, "/console/requests?limit=3&cursor=" + first.json["next_cursor"].get<std::string>());
  CHECK(rest.json["requests"].size() == 2);
  CHECK(rest.json["next_cursor"].is_null());
}

TEST_CASE("The journal is bounded in entries and in bytes", "[console]") {
  TestApp app;
  look(app);
  SECTION("entries") {
    for (std::size_t i = 0; i < journal::Journal::kKept + 20; ++i) app.get("/health");
    const auto seen = requests(app);
    CHECK(seen.size() == journal::Journal::kKept);
    CHECK(seen[0]["number"] == journal::Journal::kKept + 20);
    CHECK(look(app, "/console/requests/20").status == 404);
    CHECK(in_full(app, seen.back())["path"] == "/health");
  }
  SECTION("bytes") {
    const std::string filler(200'000, 'x');
    for (int i = 0; i < 400; ++i) app.send("POST", "/feed", "", filler);
    const auto seen = requests(app);
    CHECK(seen.size() > 100);
    CHECK(seen.size() < 300);
    const auto full = in_full(app, seen[0]);
    CHECK(full["body_size"] == filler.size());
    CHECK(full["body_truncated"] == true);
    CHECK(full["body"].get<std::string>().size() == journal::Journal::kExcerpt);
  }
}

TEST_CASE("/console/stream: each request as it ends", "[console]") {
  TestApp app;
  const auto ear = follow(app);
  app.post("/feed", "ada", {{"content", "Hello"}});
  CHECK_THAT(ear->heard(), Contains("event: request\ndata: {\"number\":"));
  CHECK_THAT(ear->heard(), Contains("\"path\":\"/feed\""));
  CHECK(ear->heard().find("clnk_") == std::string::npos);
  const auto before = ear->heard().size();
  look(app);
  CHECK(ear->heard().size() == before);
  app.del("/console/requests", "", kLocal);
  CHECK_THAT(ear->heard(), Contains("event: clear"));
  SECTION("one that has left hears nothing") {
    ear->close();
    const auto then = ear->heard().size();
    app.get("/feed");
    CHECK(ear->heard().size() == then);
  }
  SECTION("the server's stop ends it") {
    app.app().interrupt();
    CHECK_FALSE(ear->open());
    CHECK_FALSE(follow(app)->open());
  }
}

TEST_CASE("/console/deliveries: what is sent to webhooks, and each attempt", "[console]") {
  support::Receiver receiver(support::Receiver::answer(500));
  TestApp app;
  const auto ear = follow(app);
  const std::string webhook = app.post("/webhooks/register", "ada", {{"url", receiver.url()}}).json["webhook"]["id"];
  app.post("/webhooks/" + webhook + "/test", "ada");
  REQUIRE(receiver.wait(1).size() == 1);
  Json shown;
  for (int tries = 0; tries < 1000 && shown["attempts"].empty(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    shown = look(app, "/console/deliveries").json;
  }
  REQUIRE(shown["attempts"].size() == 1);
  CHECK(shown["attempts"][0]["response_status"] == 500);
  CHECK(shown["attempts"][0]["event"] == "ping");
  CHECK(shown["attempts"][0]["delivery_id"] == shown["deliveries"][0]["id"]);
  CHECK(shown["deliveries"][0]["agent"] == "ada");
  CHECK(shown["deliveries"][0]["body"]["event"] == "ping");
  CHECK_THAT(ear->heard(), Contains("event: attempt"));
  CHECK(look(app, "/console/deliveries?status=delivered").json["deliveries"].empty());
}

TEST_CASE("/console/limits: what is used of which limit, the tightest first", "[console]") {
  auto config = TestApp::quiet();
  config.quotas[http::Bucket::keyed] = {1000, core::kHour};
  config.quotas[http::Bucket::post] = {4, core::kHour};
  TestApp app(config);
  const auto unused = look(app, "/console/limits").json;
  CHECK(unused["quotas"].size() == 2);
  CHECK(unused["limits"].empty());
  app.post("/feed", "ada", {{"content", "One"}});
  app.post("/feed", "ada", {{"content", "Two"}});
  const auto limits = look(app, "/console/limits").json["limits"];
  REQUIRE(limits.size() == 2);
  CHECK(limits[0]["agent"] == "ada");
  CHECK(limits[0]["bucket"] == "post");
  CHECK(limits[0]["limit"] == 4);
  CHECK(limits[0]["remaining"] == 2);
  CHECK(limits[0]["reset_seconds"] == 1800);
  CHECK(limits[1]["bucket"] == "keyed");
  CHECK(limits[1]["remaining"] == 998);
  SECTION("by address, for those without a key") {
    config.quotas[http::Bucket::keyless] = {10, core::kMinute};
    TestApp open(config);
    open.get("/feed");
    const auto by_address = look(open, "/console/limits").json["limits"];
    REQUIRE(by_address.size() == 1);
    CHECK(by_address[0]["agent"].is_null());
    CHECK(by_address[0]["address"] == "127.0.0.1");
    CHECK(by_address[0]["remaining"] == 9);
  }
}
