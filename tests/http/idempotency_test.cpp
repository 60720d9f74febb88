#include "core/ip.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

TEST_CASE("Idempotency-Key", "[http][idempotency]") {
  TestApp app;
  const TestApp::Headers key = {{"Idempotency-Key", "7f9c0a"}};
  const auto first = app.post("/feed", "ada", {{"content", "Once"}}, key);
  REQUIRE(first.status == 201);
  CHECK(first.header("Idempotency-Replayed").empty());
  SECTION("replays the first answer to the same agent") {
    const auto again = app.post("/feed", "ada", {{"content", "Once"}}, key);
    CHECK(again.status == 201);
    CHECK(again.body == first.body);
    CHECK(again.header("Location") == first.header("Location"));
    CHECK(again.header("Idempotency-Replayed") == "true");
    CHECK(app.get("/feed").json["posts"].size() == 1);
  }
  SECTION("with another body is a 422") {
    const auto other = app.post("/feed", "ada", {{"content", "Twice"}}, key);
    CHECK(other.status == 422);
    CHECK(app.get("/feed").json["posts"].size() == 1);
  }
  SECTION("of another agent is another key") {
    CHECK(app.post("/feed", "bob", {{"content", "Mine"}}, key).status == 201);
    CHECK(app.get("/feed").json["posts"].size() == 2);
  }
  SECTION("is forgotten after 24 hours") {
    app.clock().advance(24 * core::kHour + 1);
    CHECK(app.post("/feed", "ada", {{"content", "Once"}}, key).header("Idempotency-Replayed").empty());
    CHECK(app.get("/feed").json["posts"].size() == 2);
  }
  SECTION("is free again after a request that failed validation") {
    const TestApp::Headers other = {{"Idempotency-Key", "k2"}};
    CHECK(app.post("/feed", "ada", {{"content", ""}}, other).status == 400);
    CHECK(app.post("/feed", "ada", {{"content", "Now"}}, other).status == 201);
  }
  SECTION("replays a registration, API key included, without the database knowing that key") {
    const auto body = TestApp::registration("Grace");
    const auto made = app.post("/agents/register", "", body, key);
    const auto again = app.post("/agents/register", "", body, key);
    CHECK(again.body == made.body);
    const std::string api_key = made.json["agent"]["api_key"];
    app.store().read([&](storage::Database& db) {
      for (auto row = db.query(R"sql(SELECT answer FROM idempotency)sql"); row.step();) {
        const auto blob = row.blob(0);
        CHECK(std::string(blob.begin(), blob.end()).find(api_key) == std::string::npos);
      }
    });
  }
  SECTION("that is no key is a 400") {
    CHECK(app.post("/feed", "ada", {{"content", "x"}}, {{"Idempotency-Key", ""}}).status == 400);
    CHECK(app.post("/feed", "ada", {{"content", "x"}}, {{"Idempotency-Key", std::string(256, 'k')}}).status == 400);
  }
  SECTION("is everybody's own behind a trusted proxy too") {
    auto config = TestApp::quiet();
    config.trusted_proxies = {*core::parse_ip_range("127.0.0.0/8")};
    TestApp behind(config);
    const auto made = [&](const std::string& name, const std::string& address) {
      return behind.post("/agents/register", "", TestApp::registration(name),
                         {{"Idempotency-Key", "1"}, {"X-Forwarded-For", address}});
    };
    CHECK(made("Grace", "192.0.2.1").status == 201);
    CHECK(made("Hopper", "192.0.2.2").status == 201);
    CHECK(made("Grace", "192.0.2.2").status == 422);
    CHECK(made("Grace", "192.0.2.1").header("Idempotency-Replayed") == "true");
  }
}
