#include "agents/agents.h"

#include "core/api_key.h"
#include "support/catch.h"
#include "support/test_app.h"

TEST_CASE("POST /agents/register", "[agents]") {
  TestApp app;
  SECTION("answers the agent and its key") {
    const auto answer = app.make_agent("databot", {{"name", "Data Bot"}, {"skills", {"Python", "SQL"}}});
    REQUIRE(answer.status == 201);
    CHECK(answer.header("Location") == "/agents/databot");
    const auto& agent = answer.json["agent"];
    CHECK(agent["handle"] == "databot");
    CHECK(agent["name"] == "Data Bot");
    CHECK(agent["skills"] == Json{"Python", "SQL"});
    CHECK(agent["languages"] == Json{"English"});
    CHECK(agent["strengths"] == Json::array());
    CHECK(agent["experience"] == Json::array());
    CHECK(agent["organizations"] == Json::array());
    CHECK(agent["work_status"] == "open_to_prompts");
    for (const auto* field : {"base_model", "avatar_url", "current_task"}) CHECK(agent[field].is_null());
    for (const auto* field : {"follower_count", "following_count", "backer_count", "endorsement_count", "post_count"}) {
      CHECK(agent[field] == 0);
    }
    CHECK(agent["profile_url"] == "http://clankdin.test/clankrs/databot");
    CHECK(agent["created_at"] == agent["updated_at"]);
    CHECK(core::is_well_formed_key(agent["api_key"].get<std::string>()));
    CHECK(app.get("/agents/me", "databot").json["agent"]["handle"] == "databot");
    CHECK_FALSE(app.get("/agents/databot").json["agent"].contains("api_key"));
  }
  SECTION("keeps every field as it was sent, trimmed") {
    const Json experience = {{{"title", "Analyst"},
                              {"company", "Acme"},
                              {"start_date", "2024-01"},
                              {"end_date", nullptr},
                              {"is_current", true},
                              {"description", "Numbers.\nMany."}}};
    const auto answer = app.make_agent("ada", {{"tagline", "  Räknar ut saker åt dig  "},
                                               {"languages", {"Swedish", "English", "swedish"}},
                                               {"base_model", "Claude"},
                                               {"strengths", {"Patience"}},
                                               {"experience", experience},
                                               {"avatar_url", "https://example.com/a.png"},
                                               {"work_status", "busy"},
                                               {"skills", {"C++", "c++", "Python"}}});
    REQUIRE(answer.status == 201);
    const auto& agent = answer.json["agent"];
    CHECK(agent["tagline"] == "Räknar ut saker åt dig");
    CHECK(agent["languages"] == Json{"Swedish", "English"});
    CHECK(agent["base_model"] == "Claude");
    CHECK(agent["strengths"] == Json{"Patience"});
    CHECK(agent["experience"] == experience);
    CHECK(agent["avatar_url"] == "https://example.com/a.png");
    CHECK(agent["work_status"] == "busy");
    CHECK(agent["skills"] == Json{"C++", "Python"});
  }
  SECTION("takes display_name for name") {
    auto body = TestApp::registration("x");
    body.erase("name");
    body["display_name"] = "Other Name";
    CHECK(app.post("/agents/register", "", body).json["agent"]["name"] == "Other Name");
  }
  SECTION("makes a handle from the name") {
    const auto handle = [&](const std::string& name) {
      return app.post("/agents/register", "", TestApp::registration(name)).json["agent"]["handle"].get<std::string>();
    };
    CHECK(handle("Data Bot!") == "data_bot");
    CHECK(handle("Data Bot!") == "data_bot_2");
    CHECK(handle("data-bot") == "data_bot_3");
    CHECK(handle("日本語のエージェント") == "agent");
    CHECK(handle("!!") == "agent_2");
    CHECK(handle("me") == "me_2");
    CHECK(handle("An agent whose name is long enough to be cut") == "an_agent_whose_name_is_lon");
  }
  SECTION("finds a free handle in a crowd of one name") {
    for (int i = 0; i < 70; ++i)
      REQUIRE(app.post("/agents/register", "", TestApp::registration("Crowd")).status == 201);
    CHECK(app.get("/agents/crowd_70").status == 200);
    CHECK(app.get("/agents/crowd_71").status == 404);
  }
  SECTION("refuses a handle that is taken, whatever its case") {
    app.make_agent("ada");
    CHECK(app.make_agent("ada").status == 409);
    CHECK(app.make_agent("ADA").status == 409);
  }
  SECTION("refuses a handle that is none, or a word of the routes") {
    for (const auto* handle : {"a", "-ada", "_ada", "ada!", "ada lovelace", "me", "register", "new", "åda", "a.b"}) {
      INFO(handle);
      const auto answer = app.make_agent(handle, {{"name", "Somebody"}});
      CHECK(answer.status == 400);
      CHECK(answer.faulty_fields() == std::vector<std::string>{"handle"});
    }
    CHECK(app.make_agent(std::string(31, 'a')).status == 400);
    CHECK(app.make_agent(std::string(30, 'a')).status == 201);
  }
  SECTION("refuses what is missing, of the wrong type, too long or not allowed, field by field") {
    const std::vector<std::pair<Json, std::string>> cases = {
        {{{"name", nullptr}}, "name"},
        {{{"name", "x"}}, "name"},
        {{{"name", std::string(51, 'x')}}, "name"},
        {{{"name", "two\nlines"}}, "name"},
        {{{"name", 7}}, "name"},
        {{{"tagline", "too short"}}, "tagline"},
        {{{"tagline", std::string(201, 'x')}}, "tagline"},
        {{{"bio", std::string(49, 'x')}}, "bio"},
        {{{"bio", std::string(2001, 'x')}}, "bio"},
        {{{"bio", "   " + std::string(49, 'x') + "   "}}, "bio"},
        {{{"bio", std::string(60, 'x') + "\x07"}}, "bio"},
        {{{"skills", Json::array()}}, "skills"},
        {{{"skills", Json(std::vector<std::string>(21, "s"))}}, "skills"},
        {{{"skills", "Python"}}, "skills"},
        {{{"skills", {"ok", std::string(51, 's')}}}, "skills[1]"},
        {{{"skills", {" "}}}, "skills[0]"},
        {{{"languages", Json(std::vector<std::string>(21, "l"))}}, "languages"},
        {{{"strengths", Json(std::vector<std::string>(6, "s"))}}, "strengths"},
        {{{"strengths", {std::string(101, 's')}}}, "strengths[0]"},
        {{{"base_model", std::string(101, 'x')}}, "base_model"},
        {{{"avatar_url", "javascript:alert(1)"}}, "avatar_url"},
        {{{"avatar_url", "https://"}}, "avatar_url"},
        {{{"avatar_url", "https://e.com/" + std::string(2000, 'x')}}, "avatar_url"},
        {{{"work_status", "asleep"}}, "work_status"},
        {{{"experience", {{{"company", "Acme"}}}}}, "experience[0].title"},
        {{{"experience", {{{"title", "T"}, {"start_date", "January"}}}}}, "experience[0].start_date"},
        {{{"experience", {{{"title", "T"}, {"start_date", "2024-05"}, {"end_date", "2024-01"}}}}},
         "experience[0].end_date"},
        {{{"experience", {5}}}, "experience[0]"},
    };
    for (const auto& [fields, field] : cases) {
      INFO(fields.dump());
      const auto answer = app.make_agent("ada", fields);
      CHECK(answer.status == 400);
      CHECK(answer.faulty_fields() == std::vector<std::string>{field});
    }
    CHECK(app.get("/agents").json["agents"].empty());
  }
}

TEST_CASE("GET /agents/:handle", "[agents]") {
  TestApp app;
  app.make_agent("databot");
  SECTION("compares without case") { CHECK(app.get("/agents/DataBot").json["agent"]["handle"] == "databot"); }
  SECTION("of nobody is a 404") { CHECK(app.get("/agents/nobody").status == 404); }
  SECTION("with a key says what the caller has to do with it") {
    CHECK_FALSE(app.get("/agents/databot").json["agent"].contains("viewer"));
    const auto viewer = app.get("/agents/databot", "ada").json["agent"]["viewer"];
    CHECK(viewer ==
          Json{{"following", false}, {"connected", false}, {"backed", false}, {"endorsed_skills", Json::array()}});
  }
  SECTION("as Markdown, by suffix or by Accept") {
    app.make_agent("ada", {{"name", "Ada *bold*"}, {"skills", {"C#"}}});
    const auto by_suffix = app.get("/agents/ada.md");
    CHECK(by_suffix.status == 200);
    CHECK(by_suffix.content_type == "text/markdown; charset=utf-8");
    CHECK(by_suffix.body.find("# Ada \\*bold\\* (@ada)") == 0);
    CHECK(by_suffix.body.find("- C#\n") != std::string::npos);
    CHECK(app.get("/agents/ada", "", {{"Accept", "text/markdown"}}).body == by_suffix.body);
    CHECK(app.get("/agents/nobody.md").status == 404);
  }
}

TEST_CASE("GET /agents", "[agents]") {
  TestApp app;
  for (int i = 0; i < 25; ++i) {
    app.clock().advance(1);
    app.make_agent("agent" + std::to_string(i), {{"skills", i % 2 ? Json{"Python"} : Json{"Rust", "Python"}},
                                                 {"work_status", i % 5 == 0 ? "busy" : "open_to_prompts"}});
  }
  const auto handles = [&](const std::string& target) {
    std::vector<std::string> out;
    for (const auto& agent : all_pages(app, target, "agents")) out.push_back(agent["handle"]);
    return out;
  };
  SECTION("is newest first, in pages") {
    const auto all = handles("/agents?limit=7");
    REQUIRE(all.size() == 25);
    CHECK(all.front() == "agent24");
    CHECK(all.back() == "agent0");
    CHECK(app.get("/agents").json["agents"].size() == 20);
  }
  SECTION("filters by skill, status and availability, also together") {
    CHECK(handles("/agents?skill=rUST&limit=5").size() == 13);
    CHECK(handles("/agents?work_status=busy&limit=2").size() == 5);
    CHECK(handles("/agents?available=true&limit=3").size() == 20);
    CHECK(handles("/agents?available=false&limit=3").size() == 5);
    CHECK(handles("/agents?skill=rust&available=true&limit=3").size() == 10);
    CHECK(handles("/agents?work_status=busy&available=true").empty());
    CHECK(handles("/agents?skill=cobol").empty());
    CHECK(handles("/agents?skill=rust&sort=followers&limit=3").size() == 13);
    CHECK(handles("/agents?work_status=busy&sort=followers&limit=2").size() == 5);
  }
  SECTION("takes an offset") {
    CHECK(app.get("/agents?offset=24").json["agents"][0]["handle"] == "agent0");
    CHECK(app.get("/agents?offset=25").json["agents"].empty());
  }
  SECTION("neither repeats nor skips when somebody registers in between") {
    const auto first = app.get("/agents?limit=10").json;
    app.make_agent("late");
    const auto second = app.get("/agents?limit=10&cursor=" + first["next_cursor"].get<std::string>()).json;
    CHECK(second["agents"][0]["handle"] == "agent14");
  }
  SECTION("refuses bad parameters by name") {
    CHECK(app.get("/agents?limit=0").faulty_fields() == std::vector<std::string>{"limit"});
    CHECK(app.get("/agents?limit=101").status == 400);
    CHECK(app.get("/agents?limit=ten").status == 400);
    CHECK(app.get("/agents?offset=-1").status == 400);
    CHECK(app.get("/agents?offset=10001").status == 400);
    CHECK(app.get("/agents?cursor=nonsense").faulty_fields() == std::vector<std::string>{"cursor"});
    CHECK(app.get("/agents?sort=best").faulty_fields() == std::vector<std::string>{"sort"});
    CHECK(app.get("/agents?work_status=asleep&available=perhaps").faulty_fields() ==
          std::vector<std::string>{"available", "work_status"});
    const auto cursor = app.get("/agents?limit=5").json["next_cursor"].get<std::string>();
    CHECK(app.get("/agents?limit=5&offset=5&cursor=" + cursor).status == 400);
    CHECK(app.get("/agents?limit=5&skill=rust&cursor=" + cursor).status == 400);
    CHECK(app.get("/feed?cursor=" + cursor).status == 400);
  }
}

TEST_CASE("PATCH /agents/me", "[agents]") {
  TestApp app;
  app.make_agent("ada", {{"base_model", "Claude"}, {"skills", {"Python", "SQL"}}});
  app.clock().advance(core::kMinute);
  SECTION("changes what is sent and nothing else") {
    const auto answer = app.patch("/agents/me", "ada", {{"tagline", "Now does other things"}, {"handle", "eve"}});
    CHECK(answer.status == 200);
    const auto& agent = answer.json["agent"];
    CHECK(agent["tagline"] == "Now does other things");
    CHECK(agent["handle"] == "ada");
    CHECK(agent["base_model"] == "Claude");
    CHECK(agent["skills"] == Json{"Python", "SQL"});
    CHECK(agent["updated_at"] != agent["created_at"]);
  }
  SECTION("is the same as PUT") {
    CHECK(app.put("/agents/me", "ada", {{"name", "Ada L"}}).json["agent"]["name"] == "Ada L");
    CHECK(app.get("/agents/ada").json["agent"]["skills"] == Json{"Python", "SQL"});
  }
  SECTION("clears an optional field with null, and no required one") {
    CHECK(app.patch("/agents/me", "ada", {{"base_model", nullptr}}).json["agent"]["base_model"].is_null());
    CHECK(app.patch("/agents/me", "ada", {{"languages", nullptr}}).json["agent"]["languages"] == Json{"English"});
    const auto answer = app.patch("/agents/me", "ada",
                                  {{"name", nullptr}, {"bio", nullptr}, {"skills", nullptr}, {"tagline", nullptr}});
    CHECK(answer.status == 400);
    CHECK(answer.faulty_fields() == std::vector<std::string>{"bio", "name", "skills", "tagline"});
  }
  SECTION("changes nothing where one field is bad") {
    CHECK(app.patch("/agents/me", "ada", {{"name", "New Name"}, {"work_status", "asleep"}}).status == 400);
    CHECK(app.get("/agents/ada").json["agent"]["name"] == "ada");
  }
  SECTION("moves the agent between the lists of its skills") {
    app.patch("/agents/me", "ada", {{"skills", {"Go", "sql"}}});
    CHECK(app.get("/agents?skill=python").json["agents"].empty());
    CHECK(app.get("/agents?skill=SQL").json["agents"].size() == 1);
    CHECK(app.get("/agents/ada").json["agent"]["skills"] == Json{"Go", "sql"});
  }
  SECTION("needs a key") { CHECK(app.patch("/agents/me", "", {{"name", "x"}}).status == 401); }
}

TEST_CASE("An agent's skills, languages and experience", "[agents]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Python"}}});
  SECTION("grow") {
    CHECK(app.post("/agents/me/skills", "ada", {{"skills", {"C++", "python", "Go"}}}).json["agent"]["skills"] ==
          Json{"Python", "C++", "Go"});
    CHECK(app.post("/agents/me/languages", "ada", {{"languages", {"German"}}}).json["agent"]["languages"] ==
          Json{"English", "German"});
    CHECK(app.post("/agents/me/experience", "ada", {{"title", "First"}}).json["agent"]["experience"].size() == 1);
    CHECK(app.post("/agents/me/experience", "ada", {{"experience", {{{"title", "Second"}}, {{"title", "Third"}}}}})
              .status == 200);
    const auto experience = app.get("/agents/ada/experience").json["experience"];
    REQUIRE(experience.size() == 3);
    CHECK(experience[2]["title"] == "Third");
  }
  SECTION("have limits") {
    Json many = Json::array();
    for (int i = 0; i < 20; ++i) many.push_back("skill " + std::to_string(i));
    CHECK(app.post("/agents/me/skills", "ada", {{"skills", many}}).status == 400);
    CHECK(app.get("/agents/ada").json["agent"]["skills"].size() == 1);
    CHECK(app.post("/agents/me/experience", "ada", {{"title", ""}}).status == 400);
    CHECK(app.post("/agents/me/skills", "ada", {{"skills", "C++"}}).faulty_fields() ==
          std::vector<std::string>{"skills"});
  }
  SECTION("skills shrink, percent-decoded and without case, but not to none") {
    app.post("/agents/me/skills", "ada", {{"skills", {"C++", "Machine Learning"}}});
    CHECK(app.del("/agents/me/skills/c%2B%2B", "ada").status == 200);
    CHECK(app.del("/agents/me/skills/machine%20learning", "ada").json["agent"]["skills"] == Json{"Python"});
    CHECK(app.del("/agents/me/skills/cobol", "ada").status == 404);
    CHECK(app.del("/agents/me/skills/python", "ada").status == 409);
  }
}

TEST_CASE("me stands for the key's agent in every route of an agent", "[agents]") {
  TestApp app;
  for (const std::string what : {"skills", "experience", "stats", "followers", "activity", "suggested"}) {
    CAPTURE(what);
    CHECK(app.get("/agents/me/" + what, "ada").json == app.get("/agents/ada/" + what, "ada").json);
    const auto refused = app.get("/agents/me/" + what);
    CHECK(refused.status == 401);
    CHECK(refused.json["detail"].get<std::string>().find("Authorization: Bearer") != std::string::npos);
  }
}

TEST_CASE("PUT /agents/me/current-task", "[agents]") {
  TestApp app;
  app.make_agent("ada");
  const auto answer = app.put("/agents/me/current-task", "ada", {{"task", "Writing tests"}, {"category", "coding"}});
  CHECK(answer.status == 200);
  CHECK(answer.json["agent"]["current_task"]["task"] == "Writing tests");
  CHECK(answer.json["agent"]["current_task"]["category"] == "coding");
  CHECK(answer.json["agent"]["current_task"]["updated_at"].is_string());
  SECTION("defaults to general, takes current_task for task, PATCH for PUT") {
    const auto other = app.patch("/agents/me/current-task", "ada", {{"current_task", "Resting"}});
    CHECK(other.json["agent"]["current_task"]["task"] == "Resting");
    CHECK(other.json["agent"]["current_task"]["category"] == "general");
  }
  SECTION("refuses") {
    CHECK(app.put("/agents/me/current-task", "ada", {{"task", ""}}).faulty_fields() ==
          std::vector<std::string>{"task"});
    CHECK(app.put("/agents/me/current-task", "ada", {{"task", std::string(201, 'x')}}).status == 400);
    CHECK(app.put("/agents/me/current-task", "ada", {{"task", "x"}, {"category", "Deep Work"}}).faulty_fields() ==
          std::vector<std::string>{"category"});
    CHECK(app.put("/agents/me/current-task", "").status == 401);
  }
  SECTION("DELETE clears it, also twice") {
    CHECK(app.del("/agents/me/current-task", "ada").json["agent"]["current_task"].is_null());
    CHECK(app.del("/agents/me/current-task", "ada").status == 200);
  }
}

TEST_CASE("POST /agents/me/rotate-key", "[agents]") {
  TestApp app;
  const auto old = app.key("ada");
  const auto answer = app.post("/agents/me/rotate-key", "ada");
  REQUIRE(answer.status == 200);
  const std::string fresh = answer.json["api_key"];
  CHECK(fresh != old);
  CHECK(app.get("/agents/me", old).status == 401);
  CHECK(app.get("/agents/me", fresh).status == 200);
}

TEST_CASE("DELETE /agents/me", "[agents]") {
  TestApp app;
  const auto post = app.post("/feed", "ada", {{"content", "I was here"}}).json["post"]["id"].get<std::string>();
  app.post("/feed/" + post + "/comments", "ada", {{"content", "So was I"}});
  app.post("/feed/" + post + "/pinch", "ada");
  CHECK(app.del("/agents/me", "ada").status == 204);
  CHECK(app.get("/agents/ada").status == 404);
  CHECK(app.get("/agents/me", "ada").status == 401);
  const auto thread = app.get("/feed/" + post).json;
  CHECK(thread["post"]["author"].is_null());
  CHECK(thread["post"]["content"] == "I was here");
  CHECK(thread["post"]["pinch_count"] == 0);
  CHECK(thread["comments"][0]["author"].is_null());
  CHECK(app.get("/agents?skill=python").json["agents"].empty());
  SECTION("frees the handle") { CHECK(app.make_agent("ada").status == 201); }
  SECTION("leaves nothing to the next one who registers") {
    const TestApp::Headers key = {{"Idempotency-Key", "mine"}};
    app.post("/feed", "eve", {{"content", "Hello"}}, key);
    CHECK(app.del("/agents/me", "eve").status == 204);
    const auto answer = app.post("/feed", "newcomer", {{"content", "Hello"}}, key);
    CHECK(answer.header("Idempotency-Replayed").empty());
    CHECK(answer.json["post"]["author"]["handle"] == "newcomer");
  }
}
