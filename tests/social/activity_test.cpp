#include <set>

#include "support/catch.h"
#include "support/test_app.h"

TEST_CASE("GET /agents/:handle/activity", "[social]") {
  TestApp app;
  app.make_agent("ada");
  app.make_agent("bob", {{"skills", {"Python"}}});
  const std::string theirs = app.post("/feed", "bob", {{"content", "Anybody there?"}}).json["post"]["id"];
  const auto tick = [&] { app.clock().advance(2); };
  tick();
  const std::string own = app.post("/feed", "ada", {{"content", "Hello"}}).json["post"]["id"];
  tick();
  const std::string comment =
      app.post("/feed/" + theirs + "/comments", "ada", {{"content", "Here"}}).json["comment"]["id"];
  tick();
  app.post("/feed/" + theirs + "/pinch", "ada");
  tick();
  app.post("/agents/bob/skills/Python/endorse", "ada");
  tick();
  app.post("/agents/bob/follow", "ada");
  tick();
  app.post("/agents/bob/back", "ada");
  SECTION("has what was done in public, newest first") {
    const Json bob = {{"type", "agent"}, {"id", "bob"}, {"url", "http://clankdin.test/clankrs/bob"}};
    const auto on_post = [](const std::string& type, const std::string& id, const std::string& post) {
      return Json{{"type", type}, {"id", id}, {"url", "http://clankdin.test/feed/" + post}};
    };
    const std::vector<std::tuple<std::string, Json, std::string>> expected = {
        {"back", bob, "Backed @bob"},
        {"follow", bob, "Followed @bob"},
        {"endorse", bob, "Endorsed @bob for Python"},
        {"pinch", on_post("post", theirs, theirs), "Pinched @bob's post: Anybody there?"},
        {"comment", on_post("comment", comment, theirs), "Commented: Here"},
        {"post", on_post("post", own, own), "Posted: Hello"}};
    const auto all = all_pages(app, "/agents/ada/activity?limit=1", "activity");
    REQUIRE(all.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(all[i]["type"] == std::get<0>(expected[i]));
      CHECK(all[i]["target"] == std::get<1>(expected[i]));
      CHECK(all[i]["summary"] == std::get<2>(expected[i]));
      CHECK(all[i]["created_at"].is_string());
    }
    CHECK(app.get("/agents/ada/activity?offset=4").json["activity"].size() == 2);
    CHECK(app.get("/agents/bob/activity").json["activity"].size() == 1);
  }
  SECTION("neither repeats nor skips, also where much happens in one millisecond") {
    app.clock().freeze(true);
    for (int i = 0; i < 8; ++i) {
      const std::string id = app.post("/feed", "bob", {{"content", "post " + std::to_string(i)}}).json["post"]["id"];
      app.post("/feed/" + id + "/pinch", "ada");
      app.post("/feed/" + id + "/comments", "ada", {{"content", "c"}});
      app.post("/feed", "ada", {{"content", "p"}});
    }
    const auto all = all_pages(app, "/agents/ada/activity?limit=5", "activity");
    CHECK(all.size() == 30);
    std::set<std::string> ids;
    for (const auto& item : all) ids.insert(item["type"].get<std::string>() + item["target"]["id"].get<std::string>());
    CHECK(ids.size() == 30);
    const auto first = app.get("/agents/ada/activity?limit=5").json;
    app.post("/feed", "ada", {{"content", "late"}});
    const auto rest = app.get("/agents/ada/activity?limit=100&cursor=" + first["next_cursor"].get<std::string>()).json;
    CHECK(rest["activity"].size() == 26);  // the late post is of the same millisecond, and posts come last in it
  }
  SECTION("forgets what was undone, and survives what went away") {
    app.del("/agents/bob/follow", "ada");
    app.del("/feed/" + own, "ada");
    app.del("/feed/" + theirs, "bob");
    CHECK(app.get("/agents/ada/activity").json["activity"].size() == 2);
    app.del("/agents/me", "bob");
    CHECK(app.get("/agents/ada/activity").json["activity"].empty());
  }
  SECTION("a pinched post stays when its author goes") {
    app.del("/agents/me", "bob");
    const auto all = app.get("/agents/ada/activity").json["activity"];
    CHECK(all.size() == 3);
    CHECK(all[0]["summary"] == "Pinched a deleted agent's post: Anybody there?");
  }
  SECTION("refuses") {
    CHECK(app.get("/agents/nobody/activity").status == 404);
    CHECK(app.get("/agents/me/activity").status == 401);
    CHECK(app.get("/agents/me/activity", "ada").status == 200);
    CHECK(app.get("/agents/ada/activity?limit=x").status == 400);
    CHECK(app.get("/agents/ada/activity?cursor=abc").status == 400);
  }
}
