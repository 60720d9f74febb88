// The journal of requests, and waiting for requests and deliveries.
#include "journal/journal.h"

#include <chrono>
#include <thread>

#include "journal/pattern.h"
#include "server/app.h"
#include "support/catch.h"
#include "testing/local.h"

using support::Contains;
using support::control;
using support::control_later;
using support::with_test_api;
using namespace std::chrono_literals;

namespace {

Json requests(TestApp& app, const std::string& query = "") {
  const auto answer = control(app, "GET", "/_test/requests" + query);
  REQUIRE(answer.status == 200);
  return answer.json["requests"];
}

bool ready(const std::future<Answer>& answer, std::chrono::milliseconds time) {
  return answer.wait_for(time) == std::future_status::ready;
}

// A webhook of ada's, and a delivery of it that was attempted that often.
// To a webhook that is not active, so that nothing but the test changes it.
void insert_delivery(TestApp& app, const std::string& event, const std::string& status, int attempts) {
  app.key("ada");
  app.store().write_and_wait([&](storage::Database& db) {
    db.run(R"sql(
        INSERT INTO webhooks (id, uuid, agent_id, url, events, secret, active, created_at)
        VALUES (1, randomblob(16), 1, 'http://localhost:1/', '["all"]', 'whsec_x', 0, 0)
        ON CONFLICT DO NOTHING)sql");
    db.run(R"sql(
        INSERT INTO deliveries (uuid, webhook_id, event, status, attempts, created_at, body)
        VALUES (randomblob(16), 1, ?1, ?2, ?3, ?4, '{"event":"pinch"}'))sql",
           event, status, attempts, app.clock().now());
  });
}

}  // namespace

TEST_CASE("patterns of paths", "[testing]") {
  using journal::matches;
  CHECK(matches("/feed", "/feed"));
  CHECK_FALSE(matches("/feed", "/feed/1"));
  CHECK(matches("/feed*", "/feed"));
  CHECK(matches("/feed/*/comments", "/feed/1/comments"));
  CHECK_FALSE(matches("/feed/*/comments", "/feed/1/comments/2"));
  CHECK(matches("*", ""));
  CHECK(matches("*a*b", "xaab"));
  CHECK_FALSE(matches("*a*b", "xaabc"));
  CHECK_FALSE(matches("", "x"));
  CHECK_FALSE(matches(std::string(200, '*') + "b", std::string(5000, 'a')));
}

TEST_CASE("GET /_test/requests", "[testing]") {
  TestApp app(with_test_api());
  const std::string key = app.key("ada");
  app.post("/feed?x=1", "ada", {{"content", "In the basic journal, not " + key}},
           {{"Cookie", "session=1"}, {"X-Two", "a"}, {"X-Request-Id", "mine"}});
  app.get("/feed/nowhere");
  app.send("POST", "/feed", "ada", "{not json");

  SECTION("everything of a request, newest first") {
    const Json all = requests(app);
    REQUIRE(all.size() == 4);
    CHECK(all[0]["status"] == 400);
    CHECK(all[0]["body"] == "{not json");
    CHECK(all[1]["agent"].is_null());
    CHECK(all[1]["body"].is_null());
    const Json& post = all[2];
    CHECK(post["id"] == "mine");
    CHECK(post["method"] == "POST");
    CHECK(post["path"] == "/feed");
    CHECK(post["query"] == "x=1");
    CHECK(post["agent"] == "ada");
    CHECK(post["status"] == 201);
    CHECK(post["delivery"] == "whole");
    CHECK(post["headers"]["x-two"] == "a");
    CHECK(post["body"]["content"] == "In the basic journal, not clnk_***");
    CHECK(post["answer"]["post"]["author"]["handle"] == "ada");
    CHECK(post["duration_ms"].get<double>() > 0);
    CHECK(all[3]["path"] == "/agents/register");
  }
  SECTION("no key and no secret") {
    const auto text = control(app, "GET", "/_test/requests").body;
    CHECK(text.find(key) == std::string::npos);
    CHECK(requests(app)[3]["answer"]["agent"]["api_key"] == "clnk_***");
    CHECK(requests(app)[2]["headers"]["authorization"] == "Bearer ***");
    CHECK(requests(app)[2]["headers"]["cookie"] == "***");
  }
  SECTION("filters") {
    CHECK(requests(app, "?method=post").size() == 3);
    CHECK(requests(app, "?path=/feed").size() == 2);
    CHECK(requests(app, "?path=/feed*").size() == 3);
    CHECK(requests(app, "?agent=ADA").size() == 2);
    CHECK(requests(app, "?status=4xx").size() == 2);
    CHECK(requests(app, "?status=404").size() == 1);
    CHECK(requests(app, "?method=POST&path=/feed&status=201&agent=ada").size() == 1);
    CHECK(requests(app, "?since=2999-01-01T00:00:00Z").empty());
    CHECK(requests(app, "?since=2020-01-01T00:00:00Z").size() == 4);
    const auto refused = control(app, "GET", "/_test/requests?status=6xx&since=soon&limit=0");
    CHECK(refused.status == 400);
    CHECK(refused.faulty_fields() == std::vector<std::string>{"limit", "since", "status"});
  }
  SECTION("pages") {
    const auto first = control(app, "GET", "/_test/requests?limit=3").json;
    CHECK(first["requests"].size() == 3);
    const auto last =
        control(app, "GET", "/_test/requests?limit=3&cursor=" + first["next_cursor"].get<std::string>()).json;
    CHECK(last["requests"].size() == 1);
    CHECK(last["requests"][0]["path"] == "/agents/register");
    CHECK(last["next_cursor"].is_null());
  }
  SECTION("emptied, and the last thousand are kept") {
    CHECK(control(app, "DELETE", "/_test/requests").status == 204);
    CHECK(requests(app).empty());
    for (int i = 0; i < 1010; ++i) app.get("/feed?n=" + std::to_string(i));
    const Json all = requests(app);
    REQUIRE(all.size() == 1000);
    CHECK(all.back()["query"] == "n=10");
  }
  SECTION("long bodies are cut") {
    app.send("POST", "/feed", "ada", "{\"content\": \"" + std::string(100'000, 'x') + "\"}");
    const Json last = requests(app)[0];
    CHECK(last["body_truncated"] == true);
    CHECK(last["body"].get<std::string>().size() == journal::Journal::kExcerpt);
    CHECK(last["body_size"].get<int>() > 100'000);
  }
}

TEST_CASE("GET /_test/requests/wait", "[testing]") {
  TestApp app(with_test_api());
  app.key("ada");

  SECTION("answers at once what was there") {
    const auto answer = control(app, "GET", "/_test/requests/wait?path=/agents/register&timeout=0.5");
    CHECK(answer.status == 200);
    CHECK(answer.json["requests"].size() == 1);
  }
  SECTION("answers as soon as enough came") {
    auto waiting = control_later(app, "/_test/requests/wait?method=POST&path=/feed&count=2&timeout=20");
    app.post("/feed", "ada", {{"content", "One"}});
    app.get("/feed");
    CHECK_FALSE(ready(waiting, 100ms));
    app.post("/feed", "ada", {{"content", "Two"}});
    REQUIRE(ready(waiting, 5s));
    const auto answer = waiting.get();
    CHECK(answer.status == 200);
    REQUIRE(answer.json["requests"].size() == 2);
    CHECK(answer.json["requests"][0]["body"]["content"] == "Two");
  }
  SECTION("408 when it takes too long, and not before") {
    const auto started = std::chrono::steady_clock::now();
    const auto answer = control(app, "GET", "/_test/requests/wait?path=/jobs&timeout=0.2");
    CHECK(answer.status == 408);
    CHECK(std::chrono::steady_clock::now() - started >= 200ms);
    CHECK_THAT(answer.json["detail"].get<std::string>(), Contains("0 of 1"));
  }
  SECTION("many wait without holding anything") {
    std::vector<std::promise<http::Reply>> promises(500);
    for (auto& promise : promises) {
      auto request = http::make_request("GET", "/_test/requests/wait?path=/feed&timeout=20", support::kLocal);
      request.client_address = "127.0.0.1";
      app.app().dispatch(std::move(request), [&promise](http::Reply reply) { promise.set_value(std::move(reply)); });
    }
    app.get("/feed");
    for (auto& promise : promises) CHECK(promise.get_future().get().status == 200);
  }
  SECTION("does not count what was deleted meanwhile") {
    app.get("/feed");
    auto waiting = control_later(app, "/_test/requests/wait?path=/feed&count=2&timeout=20");
    CHECK_FALSE(ready(waiting, 100ms));
    control(app, "DELETE", "/_test/requests");
    app.get("/feed");
    CHECK_FALSE(ready(waiting, 100ms));
    app.get("/feed");
    CHECK(ready(waiting, 5s));
  }
  SECTION("is answered when the server stops") {
    auto waiting = control_later(app, "/_test/requests/wait?path=/jobs&timeout=60");
    CHECK_FALSE(ready(waiting, 50ms));
    app.app().interrupt();
    REQUIRE(ready(waiting, 5s));
    CHECK(waiting.get().status == 408);
  }
  SECTION("bad input") {
    const auto answer = control(app, "GET", "/_test/requests/wait?count=0&timeout=-1&status=x");
    CHECK(answer.status == 400);
    CHECK(answer.faulty_fields() == std::vector<std::string>{"count", "status", "timeout"});
  }
}

TEST_CASE("GET /_test/deliveries/wait", "[testing]") {
  TestApp app(with_test_api());

  SECTION("answers as soon as one was sent") {
    insert_delivery(app, "pinch", "pending", 0);
    auto waiting = control_later(app, "/_test/deliveries/wait?event=pinch&timeout=20");
    CHECK_FALSE(ready(waiting, 100ms));
    insert_delivery(app, "follow", "delivered", 1);
    CHECK_FALSE(ready(waiting, 100ms));
    insert_delivery(app, "pinch", "delivered", 1);
    REQUIRE(ready(waiting, 5s));
    const Json deliveries = waiting.get().json["deliveries"];
    REQUIRE(deliveries.size() == 1);
    CHECK(deliveries[0]["event"] == "pinch");
    CHECK(deliveries[0]["agent"] == "ada");
    CHECK(deliveries[0]["body"]["event"] == "pinch");
  }
  SECTION("by status, those that wait too") {
    insert_delivery(app, "pinch", "pending", 0);
    CHECK(control(app, "GET", "/_test/deliveries/wait?status=pending&timeout=5").status == 200);
    CHECK(control(app, "GET", "/_test/deliveries/wait?status=failed&timeout=0.1").status == 408);
    CHECK(control(app, "GET", "/_test/deliveries?agent=ada").json["deliveries"].size() == 1);
    CHECK(control(app, "GET", "/_test/deliveries?agent=bob").json["deliveries"].empty());
    CHECK(control(app, "GET", "/_test/deliveries/wait?status=lost").status == 400);
  }
}
