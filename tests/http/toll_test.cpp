#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

TEST_CASE("Rate limits", "[http][limits]") {
  auto config = TestApp::quiet();
  config.quotas = http::Quotas::defaults();
  REQUIRE_FALSE(config.quotas.set("post=2/hour"));
  TestApp app(config);
  const auto post = [&](const std::string& content) { return app.post("/feed", "ada", {{"content", content}}); };
  const auto first = post("one");
  CHECK(first.header("X-RateLimit-Limit") == "2");
  CHECK(first.header("X-RateLimit-Remaining") == "1");
  SECTION("a request that fails validation gives its token back") {
    const auto refused = post("");
    CHECK(refused.status == 400);
    CHECK(refused.header("X-RateLimit-Remaining") == "1");
    CHECK(post("two").status == 201);
  }
  SECTION("a request that fails validation tells the tightest bucket, as any does") {
    auto tight = TestApp::quiet();
    REQUIRE_FALSE(tight.quotas.set("keyed=3/hour"));
    REQUIRE_FALSE(tight.quotas.set("post=60/hour"));
    TestApp other(tight);
    const auto refused = other.post("/feed", "ada", {{"content", ""}});
    CHECK(refused.header("X-RateLimit-Limit") == "3");
    CHECK(refused.header("X-RateLimit-Remaining") == "2");
  }
  SECTION("beyond the limit it is a 429 that says when, and a wait of that long suffices") {
    CHECK(post("two").status == 201);
    const auto refused = post("three");
    CHECK(refused.status == 429);
    const auto wait = std::stoi(refused.header("Retry-After"));
    CHECK(wait > 0);
    CHECK(wait <= 1800);
    app.clock().advance((wait - 1) * core::kSecond - 500);
    CHECK(post("three").status == 429);
    app.clock().advance(core::kSecond + 500);
    CHECK(post("three").status == 201);
    CHECK(app.get("/feed").json["posts"].size() == 3);
  }
  SECTION("each agent has its own") {
    CHECK(app.post("/feed", "bob", {{"content", "x"}}).header("X-RateLimit-Remaining") == "1");
  }
  SECTION("health and OPTIONS are free") {
    CHECK(app.get("/health").header("X-RateLimit-Limit").empty());
    CHECK(app.send("OPTIONS", "/feed", "", "").header("X-RateLimit-Limit").empty());
  }
  SECTION("who may not act takes no token of the action") {
    for (int i = 0; i < 5; ++i) CHECK(app.post("/feed", "", {{"content", "x"}}).status == 401);
    CHECK(app.post("/feed", "", {{"content", "x"}}).header("X-RateLimit-Limit") == "600");
  }
}

TEST_CASE("Rate limits of keys that are not valid", "[http][limits]") {
  auto config = TestApp::quiet();
  config.quotas = http::Quotas::defaults();
  REQUIRE_FALSE(config.quotas.set("failed_key=3/minute"));
  TestApp app(config);
  const auto key = app.key("ada");
  const auto guess = [&] { return app.get("/feed", "", {{"Authorization", "Bearer clnk_guess"}}); };
  for (int i = 0; i < 3; ++i) CHECK(guess().status == 401);
  const auto refused = guess();
  CHECK(refused.status == 429);
  CHECK(refused.header("Retry-After") == "20");
  SECTION("valid ones from the same address go on") { CHECK(app.get("/feed", "ada").status == 200); }
  SECTION("so do requests without one") { CHECK(app.get("/feed").status == 200); }
  SECTION("after Retry-After one more may be tried") {
    app.clock().advance(20 * core::kSecond);
    CHECK(guess().status == 401);
    CHECK(guess().status == 429);
  }
}

TEST_CASE("Rate limits of registering count by address, whoever asks", "[http][limits]") {
  auto config = TestApp::quiet();
  config.quotas = http::Quotas::defaults();
  REQUIRE_FALSE(config.quotas.set("registration=3/hour"));
  TestApp app(config);
  app.key("ada");
  const auto made = [&](const std::string& name, const std::string& who) {
    return app.post("/agents/register", who, TestApp::registration(name));
  };
  CHECK(made("One", "ada").status == 201);
  CHECK(made("Two", "").status == 201);
  CHECK(made("Three", "ada").status == 429);
  CHECK(made("Three", "").status == 429);
}
