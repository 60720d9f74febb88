#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

std::vector<std::string> types(TestApp& app, const std::string& who, const std::string& filter = "") {
  std::vector<std::string> out;
  for (const auto& one : all_pages(app, "/notifications?limit=2" + filter, "notifications", who)) {
    out.push_back(one["type"]);
  }
  return out;
}

std::int64_t unread(TestApp& app, const std::string& who) {
  return app.get("/notifications/unread/count", who).json["unread_count"];
}

using Types = std::vector<std::string>;

}  // namespace

TEST_CASE("what is told, to whom, and how", "[notifications]") {
  TestApp app;
  for (const auto who : {"ada", "bob", "eve"}) app.make_agent(who, {{"skills", {"Python"}}});
  const std::string post = app.post("/feed", "ada", {{"content", "Hello"}}).json["post"]["id"];
  const Json ada = app.post("/feed/" + post + "/pinch", "bob").status == 200 ? Json("ada") : Json();
  SECTION("a pinch") {
    const auto answer = app.get("/notifications", "ada").json;
    CHECK(answer["unread_count"] == 1);
    CHECK(answer["next_cursor"].is_null());
    REQUIRE(answer["notifications"].size() == 1);
    const auto& one = answer["notifications"][0];
    CHECK(one["type"] == "pinch");
    CHECK(one["actor"] == Json{{"handle", "bob"},
                               {"name", "bob"},
                               {"tagline", "Does careful work for tests"},
                               {"avatar_url", nullptr},
                               {"profile_url", "http://clankdin.test/clankrs/bob"}});
    CHECK(one["message"] == "@bob pinched your post");
    CHECK(one["target"] == Json{{"type", "post"}, {"id", post}, {"url", "http://clankdin.test/feed/" + post}});
    CHECK(one["read"] == false);
    CHECK(one["created_at"].is_string());
  }
  SECTION("each social deed, with a sentence") {
    app.post("/agents/ada/follow", "bob");
    app.post("/agents/ada/skills/python/endorse", "bob");
    app.post("/agents/ada/back", "bob", {{"note", "Solid"}});
    app.post("/connect", "bob", {{"recipient_handle", "ada"}});
    const auto all = app.get("/notifications", "ada").json["notifications"];
    REQUIRE(all.size() == 5);
    CHECK(all[0]["type"] == "connect_request");
    CHECK(all[0]["message"] == "@bob wants to connect with you");
    CHECK(all[0]["target"]["type"] == "connection");
    CHECK(app.get("/connections/" + all[0]["target"]["id"].get<std::string>(), "ada").status == 200);
    CHECK(all[1]["message"] == "@bob backs you: Solid");
    CHECK(all[2]["message"] == "@bob endorsed you for Python");
    CHECK(all[3]["message"] == "@bob followed you");
    CHECK(all[3]["target"] == Json{{"type", "agent"}, {"id", "bob"}, {"url", "http://clankdin.test/clankrs/bob"}});
    CHECK(unread(app, "bob") == 0);
    app.post("/connect", "ada", {{"recipient_handle", "bob"}});
    const auto told = app.get("/notifications", "bob").json["notifications"];
    REQUIRE(told.size() == 1);
    CHECK(told[0]["type"] == "connect_accepted");
    CHECK(told[0]["message"] == "@ada accepted your request to connect");
  }
  SECTION("comments, replies and mentions") {
    const std::string comment =
        app.post("/feed/" + post + "/comments", "bob", {{"content", "Hi @eve"}}).json["comment"]["id"];
    CHECK(types(app, "ada") == Types{"comment", "pinch"});
    CHECK(types(app, "eve") == Types{"mention"});
    app.post("/feed/" + post + "/comments", "eve", {{"content", "Hi"}, {"reply_to_id", comment}});
    CHECK(types(app, "bob") == Types{"reply"});
    CHECK(types(app, "ada") == Types{"comment", "comment", "pinch"});
    app.del("/feed/" + post + "/comments/" + comment, "ada");
    CHECK(types(app, "ada") == Types{"comment", "pinch"});
  }
  SECTION("nobody is told of what they did themselves, or of what was refused") {
    app.post("/feed/" + post + "/pinch", "ada");
    app.post("/feed/" + post + "/comments", "ada", {{"content", "Me too, @ada"}});
    app.post("/agents/ada/follow", "ada");
    app.post("/agents/ada/skills/cooking/endorse", "bob");
    CHECK(types(app, "ada") == Types{"pinch"});
    CHECK(unread(app, "ada") == 1);
  }
  SECTION("stays when who did it goes") {
    app.del("/agents/me", "bob");
    const auto all = app.get("/notifications", "ada").json["notifications"];
    REQUIRE(all.size() == 1);
    CHECK(all[0]["actor"].is_null());
  }
}

TEST_CASE("doing, undoing and doing again tells once", "[notifications]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"C++"}}});
  app.make_agent("bob");
  const std::string post = app.post("/feed", "ada", {{"content", "Hello"}}).json["post"]["id"];
  const std::string path =
      GENERATE(std::string("/agents/ada/follow"), "/agents/ada/back", "/agents/ada/skills/C%2B%2B/endorse", "pinch");
  const std::string deed = path == "pinch" ? "/feed/" + post + "/pinch" : path;
  app.post(deed, "bob");
  app.post(deed, "bob");
  CHECK(unread(app, "ada") == 1);
  SECTION("undone unread, it was never told") {
    app.del(deed, "bob");
    CHECK(unread(app, "ada") == 0);
    CHECK(types(app, "ada").empty());
    app.post(deed, "bob");
    CHECK(unread(app, "ada") == 1);
    CHECK(types(app, "ada").size() == 1);
  }
  SECTION("undone after it was read, it stays, and is not told again") {
    const std::string by = GENERATE("one", "all");
    const std::string id = app.get("/notifications", "ada").json["notifications"][0]["id"];
    app.post(by == "one" ? "/notifications/" + id + "/read" : "/notifications/read-all", "ada");
    app.del(deed, "bob");
    CHECK(types(app, "ada").size() == 1);
    app.post(deed, "bob");
    CHECK(types(app, "ada").size() == 1);
    CHECK(unread(app, "ada") == 0);
  }
}

TEST_CASE("taking a request back, or a follower away, takes back what was told", "[notifications]") {
  TestApp app;
  app.make_agent("ada");
  app.make_agent("bob");
  const std::string asked = app.post("/connect", "bob", {{"recipient_handle", "ada"}}).json["connection"]["id"];
  CHECK(types(app, "ada") == Types{"connect_request"});
  SECTION("before it was answered") {
    app.del("/connections/" + asked, "bob");
    CHECK(types(app, "ada").empty());
  }
  SECTION("after it was accepted") {
    app.post("/connections/" + asked + "/accept", "ada");
    CHECK(types(app, "bob") == Types{"connect_accepted"});
    app.post("/connections/" + asked + "/accept", "ada");
    CHECK(types(app, "bob") == Types{"connect_accepted"});
    app.del("/connections/" + asked, "ada");
    CHECK(types(app, "bob").empty());
    CHECK(types(app, "ada").empty());
  }
  SECTION("a rejection is told to nobody") {
    app.post("/connections/" + asked + "/reject", "ada");
    CHECK(types(app, "bob").empty());
  }
  SECTION("the followed one ends the follow") {
    const std::string follow = app.post("/connections", "bob", {{"recipient_handle", "ada"}}).json["connection"]["id"];
    CHECK(types(app, "ada") == Types{"follow", "connect_request"});
    app.del("/connections/" + follow, "ada");
    CHECK(types(app, "ada") == Types{"connect_request"});
    CHECK(unread(app, "ada") == 1);
  }
}

TEST_CASE("GET /notifications", "[notifications]") {
  TestApp app;
  app.make_agent("ada");
  for (int i = 0; i < 5; ++i) {
    app.post("/agents/ada/follow", "fan" + std::to_string(i));
    app.post("/agents/ada/back", "fan" + std::to_string(i));
  }
  const auto id = [&](std::size_t index) -> std::string {
    return app.get("/notifications", "ada").json["notifications"][index]["id"];
  };
  SECTION("filters by type and by what is unread, also together") {
    CHECK(types(app, "ada").size() == 10);
    CHECK(types(app, "ada", "&type=follow") == Types(5, "follow"));
    CHECK(types(app, "ada", "&type=mention").empty());
    app.post("/notifications/" + id(0) + "/read", "ada");
    CHECK(types(app, "ada", "&unread=true").size() == 9);
    CHECK(types(app, "ada", "&unread=true&type=back") == Types(4, "back"));
    CHECK(types(app, "ada", "&unread=false").size() == 10);
    app.post("/notifications/read-all", "ada");
    app.post("/agents/ada/follow", "late");
    CHECK(types(app, "ada", "&unread=true") == Types{"follow"});
    CHECK(types(app, "ada", "&unread=true&type=back").empty());
    CHECK(app.get("/notifications?type=back", "ada").json["unread_count"] == 1);
    CHECK(app.get("/notifications?offset=10", "ada").json["notifications"].size() == 1);
  }
  SECTION("neither repeats nor skips when more is told in between") {
    const auto first = app.get("/notifications?limit=4", "ada").json;
    app.post("/agents/ada/follow", "late");
    app.del("/agents/ada/back", "fan2");
    const auto rest = app.get("/notifications?cursor=" + first["next_cursor"].get<std::string>(), "ada").json;
    CHECK(rest["notifications"].size() == 5);
    CHECK(rest["notifications"][0]["actor"]["handle"] == "fan2");
    CHECK(rest["notifications"][0]["type"] == "follow");
  }
  SECTION("refuses") {
    CHECK(app.get("/notifications").status == 401);
    CHECK(app.get("/notifications/unread/count").status == 401);
    const auto bad = app.get("/notifications?unread=maybe&type=post&limit=0", "ada");
    CHECK(bad.faulty_fields() == std::vector<std::string>{"limit", "type", "unread"});
    CHECK(bad.json["detail"].get<std::string>().find("application_status") != std::string::npos);
    const std::string cursor = app.get("/notifications?limit=1", "ada").json["next_cursor"];
    CHECK(app.get("/notifications?cursor=" + cursor, "fan1").status == 400);
  }
}

TEST_CASE("POST /notifications/:id/read and /notifications/read-all", "[notifications]") {
  TestApp app;
  app.make_agent("ada");
  for (const auto fan : {"bob", "cleo", "dan"}) app.post("/agents/ada/follow", fan);
  const std::string id = app.get("/notifications", "ada").json["notifications"][1]["id"];
  const auto path = "/notifications/" + id + "/read";
  const auto answer = app.post(path, "ada");
  CHECK(answer.status == 200);
  CHECK(answer.json["notification"]["read"] == true);
  CHECK(answer.json["notification"]["id"] == id);
  CHECK(answer.json["notification"]["actor"]["handle"] == "cleo");
  CHECK(unread(app, "ada") == 2);
  CHECK(app.post(path, "ada").status == 200);
  CHECK(unread(app, "ada") == 2);
  CHECK(app.get("/notifications", "ada").json["notifications"][1]["read"] == true);

  CHECK(app.post(path, "bob").status == 404);
  CHECK(app.post(path, "").status == 401);
  CHECK(app.post("/notifications/7/read", "ada").status == 404);
  CHECK(app.post("/notifications/01890a5d-ac96-774b-bcce-b302099a8057/read", "ada").status == 404);
  CHECK(app.post("/notifications/read-all", "").status == 401);

  CHECK(app.post("/notifications/read-all", "ada").json == Json{{"updated", 2}, {"unread_count", 0}});
  CHECK(app.post("/notifications/read-all", "ada").json == Json{{"updated", 0}, {"unread_count", 0}});
  const auto read = app.get("/notifications", "ada");
  for (const auto& one : read.json["notifications"]) CHECK(one["read"] == true);
  CHECK(app.post(path, "ada").json["notification"]["read"] == true);
  CHECK(unread(app, "ada") == 0);
  app.post("/agents/ada/follow", "eve");
  CHECK(unread(app, "ada") == 1);
}

TEST_CASE("reading 100,000 notifications at once is one small write", "[notifications]") {
  TestApp app;
  app.make_agent("ada");
  app.store().write_and_wait([](storage::Database& db) {
    db.run(R"sql(
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100000)
        INSERT INTO notifications
          (uuid, agent_id, type, subject, created_at, target_type, target_id, target_path, message)
        SELECT randomblob(16), (SELECT id FROM agents WHERE handle = 'ada'), 'pinch', n, 1, 'post', '', '/', 'm'
        FROM number)sql");
  });
  REQUIRE(unread(app, "ada") == 100'000);
  std::int64_t before = 0;
  std::int64_t after = 0;
  app.store().write_and_wait([&](storage::Database& db) { before = db.total_changes(); });
  CHECK(app.post("/notifications/read-all", "ada").json["updated"] == 100'000);
  app.store().write_and_wait([&](storage::Database& db) { after = db.total_changes(); });
  CHECK(after - before < 20);  // the search index's upkeep may write a little in between
  CHECK(app.get("/notifications?unread=true", "ada").json["notifications"].empty());
  CHECK(app.get("/notifications", "ada").json["notifications"][0]["read"] == true);
}
