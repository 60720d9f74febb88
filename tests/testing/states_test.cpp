// Reset and snapshots.
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "server/app.h"
#include "support/catch.h"
#include "testing/local.h"

using support::Contains;
using support::control;
using support::with_test_api;

namespace {

void make_posts(TestApp& app, int count) {
  app.key("ada");
  app.store().write_and_wait([count](storage::Database& db) {
    for (int i = 0; i < count; ++i) {
      db.run(R"sql(
          INSERT INTO posts (uuid, author_id, content, category, created_at)
          VALUES (randomblob(16), 1, ?1, 'general', ?2))sql",
             "Post number " + std::to_string(i), 1'700'000'000'000 + i);
    }
  });
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  statm >> pages >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("/_test is not there without --test-api, and for nobody but local clients", "[testing]") {
  SECTION("without") {
    TestApp app;
    for (const char* target : {"/_test/clock", "/_test/requests", "/_test/faults", "/_test/snapshots"}) {
      CHECK(control(app, "GET", target).status == 404);
    }
    CHECK(control(app, "POST", "/_test/reset").status == 404);
    CHECK(app.get("/feed", "", {{"X-ClankdIn-Fault", "status=503"}}).status == 200);
  }
  SECTION("with") {
    TestApp app(with_test_api());
    app.post("/feed", "ada", {{"content", "Still here"}});
    CHECK(app.post("/_test/reset", "", nullptr, {{"Host", "evil.example"}}).status == 403);
    CHECK(app.get("/feed").json["posts"].size() == 1);
    const auto answer = control(app, "GET", "/_test/clock");
    CHECK(answer.status == 200);
    CHECK(answer.header("Access-Control-Allow-Origin").empty());
    CHECK(control(app, "GET", "/_test/nothing").status == 404);
    CHECK(control(app, "POST", "/_test/clock").status == 405);
  }
}

TEST_CASE("POST /_test/reset", "[testing]") {
  server::Config config = with_test_api();
  config.quotas = http::Quotas::defaults();
  TestApp app(config);
  const std::string before = app.key("before");
  app.app().mark_start();
  const auto feed = app.get("/feed");

  SECTION("brings back what was there at start, and no more") {
    const std::string made_since = app.key("ada");
    app.post("/feed", "ada", {{"content", "Gone with the reset"}});
    const auto answer = control(app, "POST", "/_test/reset");
    CHECK(answer.status == 200);
    CHECK(answer.json["reset"] == true);
    CHECK(app.get("/feed").body == feed.body);
    CHECK(app.get("/agents/ada").status == 404);
    CHECK(app.get("/agents/me", made_since).status == 401);
    CHECK(app.get("/agents/me", before).status == 200);
    CHECK(app.get("/search?q=ada").json["agents"].empty());
    CHECK(app.get("/agents").json["agents"].size() == 1);
  }
  SECTION("forgets rate limits, idempotency, faults, clock, seed and journal") {
    control(app, "PUT", "/_test/clock", {{"now", "2030-01-01T00:00:00Z"}, {"frozen", true}});
    control(app, "PUT", "/_test/seed", {{"seed", 7}});
    control(app, "PUT", "/_test/faults", Json::parse(R"([{"path": "/feed", "status": 500}])"));
    const TestApp::Headers once = {{"Idempotency-Key", "one"}};
    app.post("/agents/me/skills", before, {{"skills", {"Tides"}}}, once);
    for (int i = 0; i < 60; ++i) app.post("/agents/register", "", TestApp::registration("Many"));
    CHECK(app.post("/agents/register", "", TestApp::registration("Many")).status == 429);

    REQUIRE(control(app, "POST", "/_test/reset").status == 200);
    CHECK(app.get("/feed").status == 200);
    CHECK(control(app, "GET", "/_test/clock").json["frozen"] == false);
    CHECK(std::abs(control(app, "GET", "/_test/clock").json["offset_seconds"].get<double>()) < 1);
    CHECK(control(app, "GET", "/_test/seed").json["seed"].is_null());
    CHECK(control(app, "GET", "/_test/faults").json["faults"].empty());
    CHECK(control(app, "GET", "/_test/requests").json["requests"].size() == 1);  // GET /feed
    CHECK(app.post("/agents/register", "", TestApp::registration("Many")).status == 201);
    const auto again = app.post("/agents/me/skills", before, {{"skills", {"Sand"}}}, once);
    CHECK(again.status == 200);
    CHECK(again.header("Idempotency-Replayed").empty());
    // Times of writes don't go on from where the clock was.
    CHECK(again.json["agent"]["updated_at"].get<std::string>() < "2030");
  }
}

TEST_CASE("a reset of 10,000 rows takes milliseconds", "[testing]") {
  TestApp app(with_test_api());
  make_posts(app, 10'000);
  app.app().mark_start();
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    app.post("/feed", "ada", {{"content", "One more"}});
    best = std::min(best, control(app, "POST", "/_test/reset").json["duration_ms"].get<double>());
  }
  CHECK(app.get("/feed/categories").json["categories"][0]["post_count"] == 10'000);
  CHECK(best < 100);  // a build without optimization on a busy machine; optimized it is a few
}

TEST_CASE("a thousand resets leave no growth", "[testing]") {
  TestApp app(with_test_api());
  app.key("ada");
  app.app().mark_start();
  const auto use = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      app.post("/feed", "ada", {{"content", "Round " + std::to_string(round)}});
      app.get("/feed");
      REQUIRE(control(app, "POST", "/_test/reset").status == 200);
    }
  };
  use(200);
  const std::size_t before = resident_bytes();
  use(1000);
#ifndef __SANITIZE_ADDRESS__  // which keeps what was freed
  CHECK(resident_bytes() < before + 2 * 1024 * 1024);
#endif
  CHECK(before > 0);
  CHECK(app.get("/feed").json["posts"].empty());
}

TEST_CASE("/_test/snapshots", "[testing]") {
  TestApp app(with_test_api());
  app.post("/feed", "ada", {{"content", "Kept"}});

  SECTION("keep and bring back a state, keys included") {
    const auto kept = control(app, "POST", "/_test/snapshots/one");
    CHECK(kept.status == 201);
    CHECK_THAT(kept.header("Location"), Contains("/_test/snapshots/one"));
    CHECK(kept.json["snapshot"]["name"] == "one");
    const std::string since = app.key("bob");
    app.post("/feed", "bob", {{"content", "Not kept"}});
    app.del("/agents/me", "ada");
    const auto restored = control(app, "POST", "/_test/snapshots/one/restore");
    CHECK(restored.status == 200);
    CHECK(restored.json["snapshot"] == kept.json["snapshot"]);
    CHECK(app.get("/feed").json["posts"].size() == 1);
    CHECK(app.get("/agents/me", "ada").status == 200);
    CHECK(app.get("/agents/me", since).status == 401);
    // As often as one likes, and after a reset too.
    control(app, "POST", "/_test/reset");
    CHECK(app.get("/feed").json["posts"].empty());
    control(app, "POST", "/_test/snapshots/one/restore");
    CHECK(app.get("/feed").json["posts"].size() == 1);
  }
  SECTION("the same name again is the newer state") {
    control(app, "POST", "/_test/snapshots/one");
    app.post("/feed", "ada", {{"content", "Second"}});
    CHECK(control(app, "POST", "/_test/snapshots/one").status == 200);
    control(app, "POST", "/_test/reset");
    control(app, "POST", "/_test/snapshots/one/restore");
    CHECK(app.get("/feed").json["posts"].size() == 2);
  }
  SECTION("list, show, delete") {
    control(app, "POST", "/_test/snapshots/b");
    control(app, "POST", "/_test/snapshots/a");
    const auto list = control(app, "GET", "/_test/snapshots").json;
    REQUIRE(list["snapshots"].size() == 2);
    CHECK(list["snapshots"][0]["name"] == "a");
    CHECK(control(app, "GET", "/_test/snapshots/b").json["snapshot"] == list["snapshots"][1]);
    CHECK(control(app, "DELETE", "/_test/snapshots/b").status == 204);
    for (const char* method : {"GET", "DELETE"}) CHECK(control(app, method, "/_test/snapshots/b").status == 404);
    CHECK(control(app, "POST", "/_test/snapshots/b/restore").status == 404);
  }
  SECTION("names and numbers have limits") {
    for (const char* name : {"Upper", "a.b", "a%20b"}) {
      const auto answer = control(app, "POST", std::string("/_test/snapshots/") + name);
      CHECK(answer.status == 400);
      CHECK(answer.faulty_fields() == std::vector<std::string>{"name"});
    }
    CHECK(control(app, "POST", "/_test/snapshots/" + std::string(61, 'a')).status == 400);
    for (int i = 0; i < 100; ++i) control(app, "POST", "/_test/snapshots/s" + std::to_string(i));
    CHECK(control(app, "POST", "/_test/snapshots/one-more").status == 409);
    CHECK(control(app, "POST", "/_test/snapshots/s0").status == 200);
  }
}
