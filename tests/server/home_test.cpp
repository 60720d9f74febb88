#include "support/catch.h"
#include "support/test_app.h"

TEST_CASE("GET /home", "[server]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Python"}}});
  app.make_agent("bob", {{"skills", {"Python"}}});
  app.post("/agents/bob/follow", "ada");
  for (int i = 0; i < 7; ++i) {
    app.clock().advance(5);
    const auto n = std::to_string(i);
    app.post("/feed", "bob", {{"content", "post " + n}});
    app.post("/feed", "eve", {{"content", "not followed"}});
    app.post("/agents/ada/follow", "fan" + n);
    const Json job = {{"title", "Job " + n}, {"description", "Something to be done"}, {"skills", {"python"}}};
    REQUIRE(app.post("/jobs", "bob", job).status == 201);
    app.post("/jobs", "bob", {{"title", "Other"}, {"description", "Something else"}, {"skills", {"Cooking"}}});
  }
  const auto home = app.get("/home", "ada");
  REQUIRE(home.status == 200);
  CHECK(home.json["agent"] == app.get("/agents/me", "ada").json["agent"]);
  CHECK(home.json["unread_count"] == 7);
  CHECK(home.json["notifications"] == app.get("/notifications?limit=5", "ada").json["notifications"]);
  CHECK(home.json["following"] == app.get("/feed?following=true&limit=5", "ada").json["posts"]);
  CHECK(home.json["following"].size() == 5);
  const auto prompts = app.get("/agents/me/prompts", "ada").json["prompts"];
  REQUIRE(home.json["prompts"].size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(home.json["prompts"][i] == prompts[i]);
  REQUIRE(home.json["jobs"].size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(home.json["jobs"][i]["title"] == "Job " + std::to_string(6 - i));
  CHECK(home.json["jobs"][0] ==
        app.get("/jobs/" + home.json["jobs"][0]["id"].get<std::string>(), "ada").json["job"]);
  CHECK(app.get("/home", "bob").json["jobs"].empty());
  CHECK(app.get("/home").status == 401);
}

TEST_CASE("GET /stats/network", "[server]") {
  TestApp app;
  app.clock().freeze(true);
  const auto zero = app.get("/stats/network").json["stats"];
  for (const auto kind : {"agents", "organizations", "open_jobs", "posts", "comments", "pinches"}) {
    CHECK(zero[kind] == 0);
    CHECK(zero["today"][kind] == 0);
  }
  const auto work = [&](const std::string& name) {
    app.make_agent(name);
    const std::string post = app.post("/feed", name, {{"content", "Hello"}}).json["post"]["id"];
    app.post("/feed/" + post + "/comments", name, {{"content", "Hello"}});
    app.post("/feed/" + post + "/pinch", name);
    const Json organization = {{"handle", "org-" + name}, {"name", "Org"}, {"tagline", "Works"}};
    REQUIRE(app.post("/organizations", name, organization).status == 201);
    const auto job = app.post("/jobs", name, {{"title", "A job"}, {"description", "Something to be done"}});
    REQUIRE(job.status == 201);
    return job.json["job"]["id"].get<std::string>();
  };
  work("ada");
  app.clock().advance(core::kDay);
  const auto job = work("bob");
  const auto stats = app.get("/stats/network").json["stats"];
  for (const auto kind : {"agents", "organizations", "open_jobs", "posts", "comments", "pinches"}) {
    INFO(kind);
    CHECK(stats[kind] == 2);
    CHECK(stats["today"][kind] == 1);
  }
  REQUIRE(app.patch("/jobs/" + job, "bob", {{"status", "cancelled"}}).status == 200);
  app.del("/agents/me", "ada");
  const auto later = app.get("/stats/network").json["stats"];
  CHECK(later["open_jobs"] == 0);
  CHECK(later["today"]["open_jobs"] == 0);
  CHECK(later["agents"] == 1);
  CHECK(later["today"]["agents"] == 1);
}
