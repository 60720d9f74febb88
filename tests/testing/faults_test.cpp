// Faults by rule and by header, as values and on the wire.
#include <algorithm>
#include <chrono>
#include <optional>

#include "server/server.h"
#include "support/catch.h"
#include "support/wire.h"
#include "testing/local.h"

using support::Contains;
using support::control;
using support::Wire;
using support::with_test_api;
using namespace std::chrono_literals;

namespace {

void set(TestApp& app, const char* rules) {
  const auto answer = control(app, "PUT", "/_test/faults", Json::parse(rules));
  INFO(answer.body);
  REQUIRE(answer.status == 200);
}

Answer post(TestApp& app, const std::string& fault = "") {
  TestApp::Headers headers;
  if (!fault.empty()) headers.emplace_back("X-ClankdIn-Fault", fault);
  return app.post("/feed", "ada", {{"content", "Did it happen?"}}, headers);
}

std::size_t posts(TestApp& app) { return app.get("/feed").json["posts"].size(); }

// A server on a real port.
struct Running {
  Running() {
    server::Config config = with_test_api();
    config.listen = {.port = 0, .workers = 2};
    server.emplace(config);
    server->start();
  }
  [[nodiscard]] Wire connect() const { return Wire(server->port()); }
  std::optional<server::Server> server;
};

std::string put_faults(std::string_view rules) {
  return "PUT /_test/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(rules.size()) +
         "\r\n\r\n" + std::string(rules);
}

}  // namespace

TEST_CASE("PUT /_test/faults", "[testing]") {
  TestApp app(with_test_api());
  app.key("ada");
  app.key("bob");

  SECTION("an error answer in place of the request") {
    set(app, R"([{"method": "post", "path": "/feed", "status": 429, "retry_after": 7}])");
    const auto answer = post(app);
    CHECK(answer.status == 429);
    CHECK(answer.content_type == "application/problem+json");
    CHECK(answer.header("Retry-After") == "7");
    CHECK_FALSE(answer.header("X-Request-Id").empty());
    CHECK(answer.json["request_id"] == answer.header("X-Request-Id"));
    CHECK_THAT(answer.json["detail"].get<std::string>(), Contains("not carried out"));
    CHECK(posts(app) == 0);
    CHECK(control(app, "DELETE", "/_test/faults").status == 204);
    CHECK(post(app).status == 201);
  }
  SECTION("after the request, its answer alone is lost") {
    set(app, R"([{"path": "/feed", "method": "POST", "status": 500, "after": true}])");
    const auto answer = post(app);
    CHECK(answer.status == 500);
    CHECK(answer.header("Location").empty());
    CHECK_THAT(answer.json["detail"].get<std::string>(), Contains("was carried out"));
    CHECK(posts(app) == 1);
  }
  SECTION("the first that matches, as often as it says") {
    set(app, R"([{"path": "/feed", "agent": "bob", "status": 500},
                 {"path": "/fe*", "method": "POST", "times": 2, "status": 502},
                 {"method": "POST", "path": "/feed", "times": 1, "status": 504}])");
    std::vector<int> statuses;
    for (int i = 0; i < 4; ++i) statuses.push_back(post(app).status);
    CHECK(statuses == std::vector<int>{502, 502, 504, 201});
    CHECK(app.get("/feed", "bob").status == 500);
    CHECK(app.get("/feed", "ada").status == 200);
    const Json rules = control(app, "GET", "/_test/faults").json["faults"];
    CHECK(rules[0]["hits"] == 1);
    CHECK(rules[1]["hits"] == 2);
    CHECK(rules[1]["times"] == 2);
  }
  SECTION("what GET shows can be put back") {
    set(app, R"([{"path": "/feed", "delay_ms": 5}, {}])");
    const auto shown = control(app, "GET", "/_test/faults").json;
    CHECK(shown["faults"][0]["status"].is_null());
    CHECK(shown["faults"][1]["status"] == 503);
    CHECK(control(app, "PUT", "/_test/faults", shown).json == shown);
    CHECK(control(app, "GET", "/_test/clock").status == 200);  // a rule for all spares the test controls
  }
  SECTION("probability, the same with the same seed") {
    const auto run = [&] {
      control(app, "PUT", "/_test/seed", {{"seed", 5}});
      set(app, R"([{"path": "/agents", "probability": 0.3, "status": 500}])");
      std::string statuses;
      for (int i = 0; i < 200; ++i) statuses += app.get("/agents").status == 500 ? 'x' : '.';
      return statuses;
    };
    const auto first = run();
    const auto struck = std::count(first.begin(), first.end(), 'x');
    CHECK(struck > 30);
    CHECK(struck < 90);
    CHECK(run() == first);
  }
  SECTION("every bad field is named, and the rules stay") {
    set(app, R"([{"path": "/feed"}])");
    const auto answer = control(app, "PUT", "/_test/faults", Json::parse(R"([{"status": 200, "method": "BREW"},
        {"path": "feed", "probability": 2, "times": 0, "delay_ms": -1}, {"drop": true, "truncate": true}, 5])"));
    CHECK(answer.status == 400);
    CHECK(answer.faulty_fields() ==
          std::vector<std::string>{"faults[0].method", "faults[0].status", "faults[1].delay_ms", "faults[1].path",
                                   "faults[1].probability", "faults[1].times", "faults[2].truncate", "faults[3]"});
    CHECK(control(app, "GET", "/_test/faults").json["faults"].size() == 1);
    CHECK(app.send("PUT", "/_test/faults", "", "[{", support::kLocal).status == 400);
    CHECK(control(app, "PUT", "/_test/faults", Json::object()).faulty_fields() == std::vector<std::string>{"faults"});
  }
}

TEST_CASE("X-ClankdIn-Fault", "[testing]") {
  TestApp app(with_test_api());
  app.key("ada");
  CHECK(post(app, "status=429; retry_after=3").header("Retry-After") == "3");
  CHECK(post(app, "status=418").status == 418);
  CHECK(posts(app) == 0);
  const auto started = std::chrono::steady_clock::now();
  CHECK(post(app, "delay_ms=150").status == 201);
  CHECK(std::chrono::steady_clock::now() - started >= 150ms);
  CHECK(post(app, "after; status=503; delay_ms=10").status == 503);
  CHECK(posts(app) == 2);
  for (const char* bad : {"status=200", "status", "sleep=1", "drop=maybe", ";", "drop; truncate", "delay_ms=1e3"}) {
    INFO(bad);
    const auto answer = post(app, bad);
    CHECK(answer.status == 400);
    CHECK(answer.faulty_fields() == std::vector<std::string>{"X-ClankdIn-Fault"});
  }
  CHECK(posts(app) == 2);
}

TEST_CASE("faults on the wire", "[testing]") {
  Running running;
  SECTION("a dropped connection gives no byte, the next one works") {
    auto wire = running.connect();
    wire.send(support::get("/feed", "X-ClankdIn-Fault: drop\r\n"));
    CHECK(wire.rest().empty());
    auto next = running.connect();
    next.send(support::get("/feed"));
    CHECK_THAT(next.answer(), Contains("200 OK"));
    next.send(support::get("/_test/requests?path=/feed"));
    const auto journal = next.answer();
    CHECK_THAT(journal, Contains("\"delivery\":\"dropped\"") && Contains("\"status\":null"));
  }
  SECTION("a truncated answer ends in the middle of its body") {
    auto wire = running.connect();
    wire.send(put_faults(R"([{"path": "/agents", "truncate": true, "times": 1}])"));
    wire.answer();
    wire.send(support::get("/agents"));
    const auto cut = wire.rest();
    CHECK_THAT(cut, Contains("200 OK"));
    const auto body = cut.substr(cut.find("\r\n\r\n") + 4);
    CHECK_FALSE(body.empty());
    CHECK_FALSE(Json::accept(body));
    CHECK(cut.find("Content-Length: " + std::to_string(body.size()) + "\r\n") == std::string::npos);
  }
  SECTION("delays hold no worker") {
    std::vector<Wire> wires;
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) {
      wires.push_back(running.connect());
      wires.back().send(support::get("/agents", "X-ClankdIn-Fault: delay_ms=300\r\n"));
    }
    auto quick = running.connect();
    quick.send(support::get("/feed"));
    CHECK_THAT(quick.answer(), Contains("200 OK"));
    for (Wire& wire : wires) CHECK_THAT(wire.answer(), Contains("200 OK"));
    const auto took = std::chrono::steady_clock::now() - started;
    CHECK(took >= 300ms);
    CHECK(took < 3s);  // one after another they would take 6
  }
  SECTION("a stop ends delays and waits") {
    auto wire = running.connect();
    wire.send(support::get("/agents", "X-ClankdIn-Fault: delay_ms=60000\r\n"));
    auto waiting = running.connect();
    waiting.send(support::get("/_test/requests/wait?path=/jobs&timeout=60"));
    auto other = running.connect();
    other.send(support::get("/_test/requests"));
    other.answer();
    const auto started = std::chrono::steady_clock::now();
    running.server->stop(10'000);
    CHECK(std::chrono::steady_clock::now() - started < 10s);
  }
}
