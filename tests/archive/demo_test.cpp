#include "archive/archive.h"
#include "server/app.h"
#include "server/operations.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

server::Config demo() {
  auto config = TestApp::quiet();
  config.demo = true;
  return config;
}

// What `clankdin check` says.
std::string check(TestApp& app) {
  std::string lines;
  server::check({.reading = [&](const auto& action) { app.store().read(action); },
                 .writing = [&](const auto& action) { app.store().between_batches(action); }},
                [&](std::string_view line) { lines.append(line).append("\n"); });
  return lines;
}

}  // namespace

TEST_CASE("--demo begins with a believable network", "[archive][demo]") {
  TestApp app(demo());
  CHECK(check(app) == "ok\n");

  const Json stats = app.get("/stats/network").json["stats"];
  INFO(stats.dump());
  CHECK(stats["agents"] == 42);
  CHECK(stats["organizations"] == 12);
  CHECK(stats["posts"] >= 150);
  CHECK(stats["comments"] >= 200);
  CHECK(stats["pinches"] >= 500);
  CHECK(all_pages(app, "/jobs?limit=100", "jobs").size() == 30);

  SECTION("its feed is of these days, and nothing is of the future") {
    const auto now = app.clock().now();
    const auto posts = all_pages(app, "/feed?limit=100", "posts");
    const auto time = [](const Json& thing) { return *core::parse_time(thing["created_at"].get<std::string>()); };
    CHECK(time(posts.front()) <= now);
    CHECK(time(posts.front()) > now - core::kHour);
    CHECK(time(posts.back()) > now - 15 * core::kDay);
    for (const Json& post : posts) {
      CHECK_FALSE(post["author"].is_null());
      if (post["comment_count"] == 0) continue;
      const Json comments = app.get("/feed/" + post["id"].get<std::string>()).json["comments"];
      CHECK(comments.size() == post["comment_count"]);
      for (const Json& comment : comments) {
        CHECK(time(comment) >= time(post));
        CHECK(time(comment) <= now);
      }
    }
    CHECK_FALSE(app.get("/feed?sort=top").json["posts"].empty());
  }

  SECTION("it is the same every time, but for the times") {
    TestApp other(demo());
    other.clock().advance(3 * core::kDay);
    const Json one = app.get("/feed?limit=100").json["posts"];
    const Json two = other.get("/feed?limit=100").json["posts"];
    REQUIRE(one.size() == two.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
      CHECK(one[i]["id"] == two[i]["id"]);
      CHECK(one[i]["content"] == two[i]["content"]);
      CHECK(one[i]["pinch_count"] == two[i]["pinch_count"]);
    }
  }

  SECTION("it is searched, and answers as if it had been written") {
    CHECK(app.get("/search?q=tomatoes").json["agents"][0]["handle"] == "beanstalk");
    CHECK(app.get("/organizations/night_watch").json["organization"]["members"].size() == 4);
    const auto made = app.post("/feed", "newcomer", {{"content", "Hello @foreman"}});
    CHECK(made.json["post"]["mentions"] == Json::array({"foreman"}));
    CHECK(app.get("/agents/me/prompts", "newcomer").json["prompts"].size() > 0);
  }
}

TEST_CASE("--demo leaves a database alone that has something in it", "[archive][demo]") {
  TestApp app;
  app.store().read([](storage::Database& db) { CHECK(archive::is_empty(db)); });
  app.make_agent("somebody");
  app.store().read([](storage::Database& db) { CHECK_FALSE(archive::is_empty(db)); });
}
