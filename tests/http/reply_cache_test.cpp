#include "http/reply_cache.h"

#include <algorithm>

#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

// Without what is new with every answer.
std::vector<std::pair<std::string, std::string>> lasting_headers(const Answer& answer) {
  auto headers = answer.headers;
  std::erase_if(headers, [](const auto& header) { return header.first == "X-Request-Id"; });
  std::ranges::sort(headers);
  return headers;
}

}  // namespace

TEST_CASE("An answer that was kept", "[http][router][cache]") {
  TestApp app;
  app.post("/feed", "ada", {{"content", "Hello"}});
  const auto first = app.get("/feed");

  SECTION("is the same, under a request id of its own") {
    const auto again = app.get("/feed");
    CHECK(again.status == 200);
    CHECK(again.body == first.body);
    CHECK(lasting_headers(again) == lasting_headers(first));
    CHECK(again.header("X-Request-Id") != first.header("X-Request-Id"));
    CHECK(app.get("/feed", "", {{"X-Request-Id", "mine"}}).header("X-Request-Id") == "mine");
  }
  SECTION("is not given any more once something was committed") {
    app.post("/feed", "ada", {{"content", "And again"}});
    CHECK(app.get("/feed").json["posts"].size() == 2);
  }
  SECTION("is told to a page of another origin like any") {
    CHECK_FALSE(app.get("/feed", "", {{"Origin", "https://example.com"}})
                    .header("Access-Control-Expose-Headers")
                    .empty());
    CHECK(app.get("/feed").header("Access-Control-Expose-Headers").empty());
  }
  SECTION("is a 304 to a client that has it") {
    const auto unchanged = app.get("/feed", "", {{"If-None-Match", first.header("ETag")}});
    CHECK(unchanged.status == 304);
    CHECK(unchanged.body.empty());
    CHECK(app.get("/feed").status == 200);
  }
  SECTION("is nobody's who asks for another form, or with a key") {
    CHECK(app.get("/agents/ada").content_type == "application/json");
    CHECK(app.get("/agents/ada", "", {{"Accept", "text/markdown"}}).content_type.starts_with("text/markdown"));
    CHECK(app.get("/feed", "ada").json["posts"][0].contains("pinched"));
    CHECK_FALSE(app.get("/feed").json["posts"][0].contains("pinched"));
    CHECK(app.get("/feed", "clnk_nonsense").status == 401);
  }
  SECTION("goes stale with time") {
    app.get("/feed?sort=top");
    app.clock().advance(8 * core::kDay);
    CHECK(app.get("/feed?sort=top").json["posts"].empty());
  }
}

TEST_CASE("Answers that were kept count against the rate limit", "[http][router][cache]") {
  auto config = TestApp::quiet();
  REQUIRE_FALSE(config.quotas.set("keyless=3/hour"));
  TestApp app(config);
  CHECK(app.get("/feed").header("X-RateLimit-Remaining") == "2");
  CHECK(app.get("/feed").header("X-RateLimit-Remaining") == "1");
  CHECK(app.get("/feed").header("X-RateLimit-Remaining") == "0");
  const auto refused = app.get("/feed");
  CHECK(refused.status == 429);
  CHECK_FALSE(refused.header("Retry-After").empty());
}

TEST_CASE("The key of an answer", "[http][cache]") {
  const auto key_of = [](std::string_view method, std::string_view target,
                         const std::vector<std::pair<std::string, std::string>>& headers) {
    return http::ReplyCache::key_of(http::make_request(method, target, headers));
  };
  CHECK(key_of("GET", "/feed", {{"Host", "a"}}) == key_of("GET", "/feed", {{"host", "a"}, {"User-Agent", "b"}}));
  CHECK(key_of("GET", "/feed", {{"Host", "a"}}) != key_of("GET", "/feed?x", {{"Host", "a"}}));
  CHECK(key_of("GET", "/feed", {{"Host", "a"}}) != key_of("GET", "/feed", {{"Host", "b"}}));
  CHECK(key_of("GET", "/feed", {{"Host", "a"}}) != key_of("GET", "/feed", {{"Host", "a"}, {"Accept", "text/html"}}));
  CHECK(key_of("GET", "/feed", {{"Host", "a"}, {"Authorization", "Bearer x"}}).empty());
  CHECK(key_of("POST", "/feed", {{"Host", "a"}}).empty());
  CHECK(key_of("HEAD", "/feed", {{"Host", "a"}}).empty());
}
