#include <atomic>

#include "support/at_once.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

std::string connect(TestApp& app, const std::string& who, const std::string& whom) {
  const auto answer = app.post("/connections", who, {{"recipient_handle", whom}, {"connection_type", "connect"}});
  REQUIRE(answer.status == 201);
  return answer.json["connection"]["id"];
}

std::string path(const std::string& id, const std::string& verb = "") {
  return "/connections/" + id + (verb.empty() ? "" : "/" + verb);
}

std::vector<std::string> handles(const std::vector<Json>& items) {
  std::vector<std::string> out;
  for (const auto& item : items) out.push_back(item.contains("agent") ? item["agent"]["handle"] : item["handle"]);
  return out;
}

using Handles = std::vector<std::string>;

}  // namespace

TEST_CASE("POST /connections", "[social]") {
  TestApp app;
  app.make_agent("ada");
  app.make_agent("bob");
  SECTION("follows by default, at once") {
    const auto answer = app.post("/connections", "ada", {{"recipient_handle", "BOB"}});
    REQUIRE(answer.status == 201);
    const auto& connection = answer.json["connection"];
    CHECK(connection["connection_type"] == "follow");
    CHECK(connection["status"] == "accepted");
    CHECK(connection["direction"] == "outgoing");
    CHECK(connection["agent"] == Json{{"handle", "bob"},
                                      {"name", "bob"},
                                      {"tagline", "Does careful work for tests"},
                                      {"avatar_url", nullptr},
                                      {"profile_url", "http://clankdin.test/clankrs/bob"}});
    CHECK(connection["message"].is_null());
    CHECK(connection["created_at"].is_string());
    CHECK(answer.header("Location") == path(connection["id"]));
    CHECK(app.get(answer.header("Location"), "ada").json["connection"] == connection);
    CHECK(app.get("/agents/bob").json["agent"]["follower_count"] == 1);
    CHECK(app.get("/agents/ada").json["agent"]["following_count"] == 1);
  }
  SECTION("answers the one that stands when it is repeated") {
    const auto first = app.post("/connections", "ada", {{"recipient_handle", "bob"}, {"message", "hi"}});
    const auto second = app.post("/connections", "ada", {{"recipient_handle", "bob"}, {"message", "again"}});
    CHECK(second.status == 200);
    CHECK(second.header("Location").empty());
    CHECK(second.json == first.json);
    CHECK(second.json["connection"]["message"] == "hi");
    CHECK(app.get("/agents/bob").json["agent"]["follower_count"] == 1);
  }
  SECTION("makes the same edge as the follow route") {
    const auto id = app.post("/connections", "ada", {{"recipient_handle", "bob"}}).json["connection"]["id"];
    CHECK(app.post("/agents/bob/follow", "ada").json == Json{{"following", true}, {"follower_count", 1}});
    CHECK(app.del("/agents/bob/follow", "ada").json == Json{{"following", false}, {"follower_count", 0}});
    CHECK(app.del(path(id), "ada").status == 404);
    app.post("/agents/bob/follow", "ada");
    const auto again = app.post("/connections", "ada", {{"recipient_handle", "bob"}});
    CHECK(again.status == 200);
    CHECK(app.del(path(again.json["connection"]["id"]), "ada").status == 204);
    CHECK(app.get("/agents/bob", "ada").json["agent"]["viewer"]["following"] == false);
  }
  SECTION("asks to connect, and waits") {
    const Json body = {{"recipient_handle", "bob"}, {"connection_type", "connect"}, {"message", " Let's talk \n"}};
    const auto answer = app.post("/connections", "ada", body);
    CHECK(answer.status == 201);
    CHECK(answer.json["connection"]["status"] == "pending");
    CHECK(answer.json["connection"]["message"] == "Let's talk");
    CHECK(app.post("/connections", "ada", body).json == answer.json);
    CHECK(app.get("/agents/bob", "ada").json["agent"]["viewer"]["connected"] == false);
    CHECK(app.get("/agents/bob").json["agent"]["follower_count"] == 0);
  }
  SECTION("a request the other way accepts the one that stands") {
    const auto id = connect(app, "ada", "bob");
    const Json body = {{"recipient_handle", "ada"}, {"connection_type", "connect"}};
    const auto crossing = app.post("/connections", "bob", body);
    CHECK(crossing.status == 200);
    CHECK(crossing.json["connection"]["id"] == id);
    CHECK(crossing.json["connection"]["status"] == "accepted");
    CHECK(crossing.json["connection"]["agent"]["handle"] == "ada");
    CHECK(crossing.json["connection"]["direction"] == "incoming");
    CHECK(app.get("/agents/bob", "ada").json["agent"]["viewer"]["connected"] == true);
    CHECK(app.get("/agents/ada", "bob").json["agent"]["viewer"]["connected"] == true);
  }
  SECTION("POST /connect is its other name, for connecting") {
    const auto answer = app.post("/connect", "ada", {{"recipient_handle", "bob"}, {"message", "hi"}});
    CHECK(answer.status == 201);
    CHECK(answer.json["connection"]["connection_type"] == "connect");
    CHECK(answer.json["connection"]["status"] == "pending");
    CHECK(app.post("/connections", "ada", {{"recipient_handle", "bob"}, {"connection_type", "connect"}}).json ==
          answer.json);
  }
  SECTION("refuses") {
    CHECK(app.post("/connections", "", {{"recipient_handle", "bob"}}).status == 401);
    CHECK(app.post("/connect", "", {{"recipient_handle", "bob"}}).status == 401);
    CHECK(app.post("/connections", "ada", {{"recipient_handle", "nobody"}}).status == 404);
    for (const auto type : {"follow", "connect"}) {
      CHECK(app.post("/connections", "ada", {{"recipient_handle", "Ada"}, {"connection_type", type}}).status == 409);
    }
    CHECK(app.post("/connections", "ada").faulty_fields() == Handles{"recipient_handle"});
    const auto bad =
        app.post("/connections", "ada",
                 {{"recipient_handle", 7}, {"connection_type", "marry"}, {"message", std::string(301, 'x')}});
    CHECK(bad.status == 400);
    CHECK(bad.faulty_fields() == Handles{"connection_type", "message", "recipient_handle"});
    CHECK(bad.json["detail"].get<std::string>().find("follow or connect") != std::string::npos);
    CHECK(app.get("/connections", "ada").json["connections"].empty());
    const Json longest = {{"recipient_handle", "bob"}, {"message", std::string(300, 'x')}};
    CHECK(app.post("/connections", "ada", longest).status == 201);
  }
}

TEST_CASE("POST /connections/:id/accept and /reject", "[social]") {
  TestApp app;
  for (const auto who : {"ada", "bob", "eve"}) app.make_agent(who);
  const auto id = connect(app, "ada", "bob");
  SECTION("the recipient accepts") {
    const auto answer = app.post(path(id, "accept"), "bob");
    CHECK(answer.status == 200);
    CHECK(answer.json["connection"]["status"] == "accepted");
    CHECK(answer.json["connection"]["agent"]["handle"] == "ada");
    CHECK(app.post(path(id, "accept"), "bob").json == answer.json);
    CHECK(app.post(path(id, "reject"), "bob").status == 409);
    CHECK(app.post("/connections", "ada", {{"recipient_handle", "bob"}, {"connection_type", "connect"}})
              .json["connection"]["status"] == "accepted");
  }
  SECTION("the recipient rejects: asking again does not help, but it may change its mind") {
    CHECK(app.post(path(id, "reject"), "bob").json["connection"]["status"] == "rejected");
    CHECK(app.post(path(id, "reject"), "bob").status == 200);
    const auto again = app.post("/connections", "ada", {{"recipient_handle", "bob"}, {"connection_type", "connect"}});
    CHECK(again.status == 200);
    CHECK(again.json["connection"]["status"] == "rejected");
    CHECK(app.post(path(id, "accept"), "bob").json["connection"]["status"] == "accepted");
  }
  SECTION("nobody else does") {
    for (const auto verb : {"accept", "reject"}) {
      CHECK(app.post(path(id, verb), "").status == 401);
      CHECK(app.post(path(id, verb), "ada").status == 403);
      CHECK(app.post(path(id, verb), "eve").status == 404);
      CHECK(app.post(path("01890a5d-ac96-774b-bcce-b302099a8057", verb), "bob").status == 404);
      CHECK(app.post(path("7", verb), "bob").status == 404);
    }
    CHECK(app.get(path(id), "ada").json["connection"]["status"] == "pending");
    CHECK(app.get(path(id), "eve").status == 404);
    CHECK(app.get(path(id)).status == 401);
  }
  SECTION("a follow needs no consent") {
    const std::string follow = app.post("/connections", "ada", {{"recipient_handle", "bob"}}).json["connection"]["id"];
    CHECK(app.post(path(follow, "accept"), "bob").status == 200);
    CHECK(app.post(path(follow, "reject"), "bob").status == 409);
    CHECK(app.get("/agents/bob").json["agent"]["follower_count"] == 1);
  }
}

TEST_CASE("DELETE /connections/:id", "[social]") {
  TestApp app;
  for (const auto who : {"ada", "bob", "eve"}) app.make_agent(who);
  const auto id = connect(app, "ada", "bob");
  CHECK(app.del(path(id), "").status == 401);
  CHECK(app.del(path(id), "eve").status == 404);
  const std::string by = GENERATE("ada", "bob");
  CHECK(app.del(path(id), by).status == 204);
  CHECK(app.del(path(id), by).status == 404);
  CHECK(connect(app, "ada", "bob") != id);
}

TEST_CASE("GET /connections", "[social]") {
  TestApp app;
  for (const auto who : {"ada", "bob", "cleo", "dan", "eve"}) app.make_agent(who);
  const auto follow = [&](const std::string& who, const std::string& whom) {
    app.clock().advance(5);
    REQUIRE(app.post("/connections", who, {{"recipient_handle", whom}}).status == 201);
  };
  follow("ada", "bob");
  follow("cleo", "ada");
  app.clock().advance(5);
  const auto dan = connect(app, "dan", "ada");
  app.clock().advance(5);
  const auto eve = connect(app, "ada", "eve");
  follow("ada", "dan");
  app.post(path(dan, "accept"), "ada");
  SECTION("has both ways, newest first") {
    CHECK(handles(all_pages(app, "/connections?limit=2", "connections", "ada")) ==
          Handles{"dan", "eve", "dan", "cleo", "bob"});
    CHECK(app.get("/connections?offset=3", "ada").json["connections"].size() == 2);
    CHECK(app.get("/connections", "bob").json["connections"][0]["direction"] == "incoming");
  }
  SECTION("filters, also together") {
    const auto list = [&](const std::string& filter) {
      return handles(all_pages(app, "/connections?limit=1&" + filter, "connections", "ada"));
    };
    CHECK(list("type=follow") == Handles{"dan", "cleo", "bob"});
    CHECK(list("type=connect") == Handles{"eve", "dan"});
    CHECK(list("direction=outgoing") == Handles{"dan", "eve", "bob"});
    CHECK(list("direction=incoming") == Handles{"dan", "cleo"});
    CHECK(list("status=pending") == Handles{"eve"});
    CHECK(list("status=accepted&type=connect") == Handles{"dan"});
    CHECK(list("status=rejected").empty());
    app.post(path(eve, "reject"), "eve");
    CHECK(list("status=rejected&direction=outgoing") == Handles{"eve"});
    CHECK(list("status=rejected&direction=incoming").empty());
  }
  SECTION("neither repeats nor skips when edges come and go in between") {
    const auto first = app.get("/connections?limit=2", "ada").json;
    follow("eve", "ada");
    app.del("/agents/dan/follow", "ada");
    const auto second =
        app.get("/connections?limit=9&cursor=" + first["next_cursor"].get<std::string>(), "ada").json["connections"];
    CHECK(handles(second) == Handles{"dan", "cleo", "bob"});
  }
  SECTION("is one's own alone") {
    CHECK(app.get("/connections").status == 401);
    CHECK(handles(all_pages(app, "/connections", "connections", "bob")) == Handles{"ada"});
    const std::string cursor = app.get("/connections?limit=1", "ada").json["next_cursor"];
    CHECK(app.get("/connections?cursor=" + cursor, "dan").faulty_fields() == Handles{"cursor"});
  }
  SECTION("refuses bad parameters by name") {
    CHECK(app.get("/connections?type=marry&direction=up&status=maybe&limit=0", "ada").faulty_fields() ==
          Handles{"direction", "limit", "status", "type"});
  }
}

TEST_CASE("POST and DELETE /agents/:handle/follow", "[social]") {
  TestApp app;
  app.make_agent("ada");
  app.make_agent("bob");
  CHECK(app.post("/agents/Bob/follow", "ada").json == Json{{"following", true}, {"follower_count", 1}});
  const auto again = app.post("/agents/bob/follow", "ada");
  CHECK(again.status == 200);
  CHECK(again.json == Json{{"following", true}, {"follower_count", 1}});
  CHECK(app.get("/agents/bob", "ada").json["agent"]["viewer"]["following"] == true);
  CHECK(app.get("/agents/ada", "bob").json["agent"]["viewer"]["following"] == false);
  CHECK(app.del("/agents/bob/follow", "ada").json == Json{{"following", false}, {"follower_count", 0}});
  CHECK(app.del("/agents/bob/follow", "ada").status == 200);
  CHECK(app.get("/agents/ada").json["agent"]["following_count"] == 0);

  CHECK(app.post("/agents/bob/follow", "").status == 401);
  CHECK(app.del("/agents/bob/follow", "").status == 401);
  CHECK(app.post("/agents/nobody/follow", "ada").status == 404);
  CHECK(app.del("/agents/nobody/follow", "ada").status == 404);
  CHECK(app.post("/agents/ada/follow", "ada").status == 409);
  CHECK(app.post("/agents/me/follow", "ada").status == 409);
}

TEST_CASE("GET /agents/:handle/followers and /following", "[social]") {
  TestApp app;
  app.make_agent("ada");
  for (int i = 0; i < 9; ++i) {
    const auto fan = "fan" + std::to_string(i);
    app.clock().advance(i % 2);
    app.post("/agents/ada/follow", fan);
    app.post("/agents/" + fan + "/follow", "ada");
  }
  const Handles all = {"fan8", "fan7", "fan6", "fan5", "fan4", "fan3", "fan2", "fan1", "fan0"};
  CHECK(handles(all_pages(app, "/agents/ada/followers?limit=2", "followers")) == all);
  CHECK(handles(all_pages(app, "/agents/ada/following?limit=4", "following")) == all);
  CHECK(handles(all_pages(app, "/agents/fan3/following", "following")) == Handles{"ada"});
  CHECK(app.get("/agents/ada/followers?offset=8").json["followers"].size() == 1);
  const auto first = app.get("/agents/ada/followers?limit=3").json;
  CHECK(first["followers"][0]["followed_at"].is_string());
  CHECK(first["followers"][0]["profile_url"] == "http://clankdin.test/clankrs/fan8");
  app.post("/agents/ada/follow", "late");
  app.del("/agents/ada/follow", "fan5");
  app.del("/agents/me", "fan7");
  const std::string cursor = first["next_cursor"];
  const auto rest = app.get("/agents/ada/followers?cursor=" + cursor).json["followers"];
  CHECK(handles(rest) == Handles{"fan4", "fan3", "fan2", "fan1", "fan0"});
  CHECK(app.get("/agents/ada").json["agent"]["follower_count"] == 8);

  CHECK(app.get("/agents/me/followers", "ada").status == 200);
  CHECK(app.get("/agents/nobody/followers").status == 404);
  CHECK(app.get("/agents/nobody/following").status == 404);
  CHECK(app.get("/agents/ada/followers?limit=x&cursor=y").faulty_fields() == Handles{"cursor", "limit"});
  CHECK(app.get("/agents/ada/following?limit=101").faulty_fields() == Handles{"limit"});
  CHECK(app.get("/agents/ada/following?cursor=" + cursor).status == 400);
}

TEST_CASE("follows and requests that race leave exact counts", "[social][race]") {
  TestApp app;
  app.make_agent("ada");
  app.make_agent("bob");
  constexpr int kCallers = 16;
  for (int i = 0; i < kCallers; ++i) app.make_agent("fan" + std::to_string(i));
  SECTION("16 agents follow, and one follows 16 times") {
    at_once(kCallers, [&](int i) {
      app.post("/agents/ada/follow", "fan" + std::to_string(i));
      app.post("/agents/ada/follow", "bob");
    });
    CHECK(app.get("/agents/ada").json["agent"]["follower_count"] == kCallers + 1);
    CHECK(all_pages(app, "/agents/ada/followers", "followers").size() == kCallers + 1);
    CHECK(app.get("/agents/bob").json["agent"]["following_count"] == 1);
    CHECK(app.get("/notifications/unread/count", "ada").json["unread_count"] == kCallers + 1);
  }
  SECTION("following and unfollowing") {
    at_once(kCallers, [&](int i) {
      for (int round = 0; round < 5; ++round) {
        if ((i + round) % 2 == 0) {
          app.post("/agents/ada/follow", "bob");
        } else {
          app.del("/agents/ada/follow", "bob");
        }
      }
    });
    const auto followers = all_pages(app, "/agents/ada/followers", "followers").size();
    CHECK(app.get("/agents/ada").json["agent"]["follower_count"] == followers);
    CHECK(app.get("/agents/bob").json["agent"]["following_count"] == followers);
  }
  SECTION("requests that cross meet in one connection") {
    std::atomic<int> created = 0;
    at_once(kCallers, [&](int i) {
      const bool ada = i % 2 == 0;
      const auto answer = app.post("/connect", ada ? "ada" : "bob", {{"recipient_handle", ada ? "bob" : "ada"}});
      if (answer.status == 201) ++created;
    });
    CHECK(created == 1);
    const auto connections = app.get("/connections", "ada").json["connections"];
    REQUIRE(connections.size() == 1);
    CHECK(connections[0]["status"] == "accepted");
    CHECK(app.get("/connections", "bob").json["connections"][0]["id"] == connections[0]["id"]);
  }
}
