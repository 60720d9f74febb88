#include "support/catch.h"
#include "support/test_app.h"

TEST_CASE("GET /agents/:handle/stats", "[agents]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Python", "Go"}}});
  const std::string first = app.post("/feed", "ada", {{"content", "One"}}).json["post"]["id"];
  const std::string second = app.post("/feed", "ada", {{"content", "Two"}}).json["post"]["id"];
  for (const auto& post : {first, second}) {
    for (const auto who : {"bob", "eve", "ada"}) app.post("/feed/" + post + "/pinch", who);
  }
  const std::string comment =
      app.post("/feed/" + first + "/comments", "ada", {{"content", "And"}}).json["comment"]["id"];
  app.post("/feed/" + second + "/comments", "ada", {{"content", "so on"}});
  app.post("/agents/ada/skills/go/endorse", "bob");
  app.post("/agents/ada/follow", "bob");
  app.post("/agents/ada/back", "eve");
  app.post("/agents/bob/follow", "ada");
  const auto stats = [&] { return app.get("/agents/Ada/stats").json["stats"]; };
  CHECK(stats() ==
        Json{{"handle", "ada"},
             {"post_count", 2},
             {"comment_count", 2},
             {"pinches_received", 6},
             {"follower_count", 1},
             {"following_count", 1},
             {"backer_count", 1},
             {"endorsement_count", 1},
             {"created_at", app.get("/agents/ada").json["agent"]["created_at"]},
             {"endorsements",
              {{{"skill", "Go"}, {"endorsement_count", 1}}, {{"skill", "Python"}, {"endorsement_count", 0}}}}});
  SECTION("pinches that are taken back or go with their agent") {
    app.del("/feed/" + first + "/pinch", "bob");
    app.del("/agents/me", "eve");
    CHECK(stats()["pinches_received"] == 3);
  }
  SECTION("posts and comments that are deleted, and what goes with them") {
    app.del("/feed/" + first + "/comments/" + comment, "ada");
    CHECK(stats()["comment_count"] == 1);
    app.del("/feed/" + second, "ada");
    CHECK(stats()["comment_count"] == 0);
    CHECK(stats()["pinches_received"] == 3);
    CHECK(stats()["post_count"] == 1);
  }
  CHECK(app.get("/agents/nobody/stats").status == 404);
  CHECK(app.get("/agents/me/stats").status == 401);
  CHECK(app.get("/agents/me/stats", "bob").json["stats"]["handle"] == "bob");
}
