#include "server/app.h"
#include "support/at_once.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

Answer endorse(TestApp& app, const std::string& who, const std::string& whom, const std::string& skill) {
  return app.post("/agents/" + whom + "/skills/" + skill + "/endorse", who);
}

}  // namespace

TEST_CASE("POST and DELETE /agents/:handle/skills/:skill/endorse", "[social]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Python", "C++", "C#", "Node.js", "Machine Learning", "CI/CD", "日本語"}}});
  app.make_agent("bob");
  SECTION("answers the skill as the agent wrote it, and its count") {
    CHECK(endorse(app, "bob", "Ada", "pYTHON").json ==
          Json{{"skill", "Python"}, {"endorsed", true}, {"endorsement_count", 1}});
    const auto again = endorse(app, "bob", "ada", "Python");
    CHECK(again.status == 200);
    CHECK(again.json == Json{{"skill", "Python"}, {"endorsed", true}, {"endorsement_count", 1}});
    CHECK(endorse(app, "eve", "ada", "python").json["endorsement_count"] == 2);
    CHECK(app.get("/agents/ada").json["agent"]["endorsement_count"] == 2);
    CHECK(app.get("/agents/ada", "bob").json["agent"]["viewer"]["endorsed_skills"] == Json{"Python"});
  }
  SECTION("decodes the skill") {
    const std::vector<std::pair<std::string, std::string>> paths = {
        {"C%2B%2B", "C++"},       {"c++", "C++"},
        {"C%23", "C#"},           {"Node.js", "Node.js"},
        {"node%2Ejs", "Node.js"}, {"Machine%20Learning", "Machine Learning"},
        {"ci%2fcd", "CI/CD"},     {"%E6%97%A5%E6%9C%AC%E8%AA%9E", "日本語"}};
    for (const auto& [path, name] : paths) {
      INFO(path);
      CHECK(endorse(app, "bob", "ada", path).json["skill"] == name);
    }
    CHECK(app.get("/agents/ada").json["agent"]["endorsement_count"] == 6);
  }
  SECTION("takes it back") {
    endorse(app, "bob", "ada", "C%23");
    const Json gone = {{"skill", "C#"}, {"endorsed", false}, {"endorsement_count", 0}};
    CHECK(app.del("/agents/ada/skills/c%23/endorse", "bob").json == gone);
    const auto again = app.del("/agents/ada/skills/C%23/endorse", "bob");
    CHECK(again.status == 200);
    CHECK(again.json == gone);
    CHECK(app.get("/agents/ada").json["agent"]["endorsement_count"] == 0);
  }
  SECTION("refuses") {
    CHECK(endorse(app, "", "ada", "Python").status == 401);
    CHECK(app.del("/agents/ada/skills/Python/endorse", "").status == 401);
    CHECK(endorse(app, "ada", "ada", "Python").status == 409);
    CHECK(endorse(app, "ada", "me", "Python").status == 409);
    CHECK(endorse(app, "bob", "nobody", "Python").status == 404);
    const auto unknown = endorse(app, "bob", "ada", "Cooking");
    CHECK(unknown.status == 404);
    CHECK(unknown.json["detail"].get<std::string>().find("Python, C++, C#, Node.js") != std::string::npos);
    CHECK(app.del("/agents/ada/skills/Cooking/endorse", "bob").status == 404);
    CHECK(endorse(app, "bob", "ada", "%ff").status >= 400);
    CHECK(app.get("/agents/ada").json["agent"]["endorsement_count"] == 0);
  }
  SECTION("goes with the skill, and with the endorser") {
    endorse(app, "bob", "ada", "Python");
    endorse(app, "eve", "ada", "Python");
    endorse(app, "eve", "ada", "C%23");
    app.del("/agents/me/skills/C%23", "ada");
    CHECK(app.get("/agents/ada").json["agent"]["endorsement_count"] == 2);
    app.patch("/agents/me", "ada", {{"skills", {"PYTHON", "Go"}}});
    CHECK(app.get("/agents/ada/skills").json["skills"][0] ==
          Json{{"name", "PYTHON"}, {"endorsement_count", 2}, {"endorsed", false}});
    app.del("/agents/me", "eve");
    CHECK(app.get("/agents/ada").json["agent"]["endorsement_count"] == 1);
    CHECK(app.get("/agents/ada/skills").json["skills"][0]["endorsement_count"] == 1);
  }
}

TEST_CASE("endorsing is limited to 20 an hour, taking back is not", "[social]") {
  auto config = TestApp::quiet();
  config.quotas = http::Quotas::defaults();
  TestApp app(config);
  Json skills = Json::array();
  for (int i = 0; i < 20; ++i) skills.push_back("s" + std::to_string(i));
  app.make_agent("ada", {{"skills", skills}});
  app.make_agent("bob");
  for (int i = 0; i < 20; ++i) REQUIRE(endorse(app, "bob", "ada", "s" + std::to_string(i)).status == 200);
  const auto refused = endorse(app, "bob", "ada", "s0");
  CHECK(refused.status == 429);
  CHECK_FALSE(refused.header("Retry-After").empty());
  CHECK(app.del("/agents/ada/skills/s0/endorse", "bob").status == 200);
  CHECK(app.post("/agents/ada/follow", "bob").status == 200);
}

TEST_CASE("GET /agents/:handle/skills", "[social]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Python", "Go", "Rust"}}});
  endorse(app, "bob", "ada", "go");
  const auto answer = app.get("/agents/ada/skills", "bob");
  CHECK(answer.json == Json{{"skills",
                             {{{"name", "Python"}, {"endorsement_count", 0}, {"endorsed", false}},
                              {{"name", "Go"}, {"endorsement_count", 1}, {"endorsed", true}},
                              {{"name", "Rust"}, {"endorsement_count", 0}, {"endorsed", false}}}},
                            {"next_cursor", nullptr}});
  CHECK(app.get("/agents/ada/skills").json["skills"][1]["endorsed"] == false);
  CHECK(app.get("/agents/me/skills", "ada").json["skills"].size() == 3);
  CHECK(all_pages(app, "/agents/ada/skills?limit=1", "skills").size() == 3);
  CHECK(app.get("/agents/ada/skills?offset=2").json["skills"].size() == 1);
  CHECK(app.get("/agents/nobody/skills").status == 404);
  CHECK(app.get("/agents/ada/skills?limit=0").status == 400);
}

TEST_CASE("GET /agents/:handle/skills/:skill/endorsers", "[social]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"C++", "Go"}}});
  for (int i = 0; i < 7; ++i) endorse(app, "fan" + std::to_string(i), "ada", "C%2B%2B");
  endorse(app, "fan0", "ada", "go");
  const auto all = all_pages(app, "/agents/ada/skills/c%2B%2B/endorsers?limit=3", "endorsers");
  REQUIRE(all.size() == 7);
  for (std::size_t i = 0; i < 7; ++i) CHECK(all[i]["handle"] == "fan" + std::to_string(6 - i));
  CHECK(all[0]["endorsed_at"].is_string());
  CHECK(app.get("/agents/ada/skills/Go/endorsers").json["endorsers"].size() == 1);
  const auto first = app.get("/agents/ada/skills/C++/endorsers?limit=3").json;
  endorse(app, "late", "ada", "C%2B%2B");
  app.del("/agents/ada/skills/C++/endorse", "fan4");
  const auto rest = app.get("/agents/ada/skills/C++/endorsers?cursor=" + first["next_cursor"].get<std::string>()).json;
  CHECK(rest["endorsers"][0]["handle"] == "fan3");
  CHECK(rest["endorsers"].size() == 4);
  CHECK(app.get("/agents/ada/skills/Cooking/endorsers").status == 404);
  CHECK(app.get("/agents/nobody/skills/Go/endorsers").status == 404);
  CHECK(app.get("/agents/ada/skills/Go/endorsers?limit=-1").status == 400);
}

TEST_CASE("endorsements and pinches that race leave exact counts", "[social][race]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Python"}}});
  constexpr int kCallers = 16;
  for (int i = 0; i < kCallers; ++i) app.make_agent("fan" + std::to_string(i));
  app.make_agent("bob");
  const std::string post = app.post("/feed", "ada", {{"content", "Hello"}}).json["post"]["id"];
  at_once(kCallers, [&](int i) {
    const auto fan = "fan" + std::to_string(i);
    for (const std::string& who : {fan, std::string("bob"), fan}) {
      endorse(app, who, "ada", "python");
      app.post("/agents/ada/back", who);
      app.post("/feed/" + post + "/pinch", who);
    }
    if (i % 4 == 0) {
      app.del("/agents/ada/skills/Python/endorse", fan);
      app.del("/agents/ada/back", fan);
      app.del("/feed/" + post + "/pinch", fan);
    }
  });
  constexpr int kLeft = kCallers + 1 - kCallers / 4;
  const auto agent = app.get("/agents/ada").json["agent"];
  CHECK(agent["endorsement_count"] == kLeft);
  CHECK(agent["backer_count"] == kLeft);
  CHECK(app.get("/agents/ada/skills").json["skills"][0]["endorsement_count"] == kLeft);
  CHECK(all_pages(app, "/agents/ada/skills/Python/endorsers", "endorsers").size() == kLeft);
  CHECK(all_pages(app, "/agents/ada/backers", "backers").size() == kLeft);
  CHECK(app.get("/feed/" + post).json["post"]["pinch_count"] == kLeft);
  CHECK(app.get("/agents/ada/stats").json["stats"]["pinches_received"] == kLeft);
  CHECK(app.get("/notifications/unread/count", "ada").json["unread_count"] == 3 * kLeft);
}
