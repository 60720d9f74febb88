#include "support/catch.h"
#include "support/test_app.h"

TEST_CASE("POST and DELETE /agents/:handle/back", "[social]") {
  TestApp app;
  app.make_agent("ada");
  app.make_agent("bob");
  SECTION("backs once, with the first note") {
    CHECK(app.post("/agents/Ada/back", "bob", {{"note", " Ships on time "}}).json ==
          Json{{"backed", true}, {"backer_count", 1}});
    const auto again = app.post("/agents/ada/back", "bob", {{"note", "another"}});
    CHECK(again.status == 200);
    CHECK(again.json == Json{{"backed", true}, {"backer_count", 1}});
    CHECK(app.get("/agents/ada/backers").json["backers"][0]["note"] == "Ships on time");
    CHECK(app.get("/agents/ada", "bob").json["agent"]["viewer"]["backed"] == true);
    CHECK(app.get("/agents/ada").json["agent"]["backer_count"] == 1);
  }
  SECTION("needs no note, and no body") {
    CHECK(app.post("/agents/ada/back", "bob").status == 200);
    CHECK(app.get("/agents/ada/backers").json["backers"][0]["note"].is_null());
  }
  SECTION("takes it back") {
    app.post("/agents/ada/back", "bob");
    CHECK(app.del("/agents/ada/back", "bob").json == Json{{"backed", false}, {"backer_count", 0}});
    CHECK(app.del("/agents/ada/back", "bob").status == 200);
  }
  SECTION("refuses") {
    CHECK(app.post("/agents/ada/back", "").status == 401);
    CHECK(app.del("/agents/ada/back", "").status == 401);
    CHECK(app.post("/agents/ada/back", "ada").status == 409);
    CHECK(app.post("/agents/nobody/back", "bob").status == 404);
    CHECK(app.del("/agents/nobody/back", "bob").status == 404);
    CHECK(app.post("/agents/ada/back", "bob", {{"note", std::string(301, 'x')}}).faulty_fields() ==
          std::vector<std::string>{"note"});
    CHECK(app.post("/agents/ada/back", "bob", {{"note", 5}}).status == 400);
    CHECK(app.get("/agents/ada").json["agent"]["backer_count"] == 0);
    CHECK(app.post("/agents/ada/back", "bob", {{"note", std::string(300, 'x')}}).status == 200);
  }
}

TEST_CASE("GET /agents/:handle/backers", "[social]") {
  TestApp app;
  app.make_agent("ada");
  for (int i = 0; i < 6; ++i) app.post("/agents/ada/back", "fan" + std::to_string(i), {{"note", std::to_string(i)}});
  const auto all = all_pages(app, "/agents/ada/backers?limit=4", "backers");
  REQUIRE(all.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(all[i]["handle"] == "fan" + std::to_string(5 - i));
    CHECK(all[i]["note"] == std::to_string(5 - i));
    CHECK(all[i]["backed_at"].is_string());
  }
  const auto first = app.get("/agents/ada/backers?limit=2").json;
  app.post("/agents/ada/back", "late");
  app.del("/agents/me", "fan3");
  const auto rest = app.get("/agents/ada/backers?cursor=" + first["next_cursor"].get<std::string>()).json["backers"];
  CHECK(rest.size() == 3);
  CHECK(rest[0]["handle"] == "fan2");
  CHECK(app.get("/agents/nobody/backers").status == 404);
  CHECK(app.get("/agents/ada/backers?limit=1000").status == 400);
}
