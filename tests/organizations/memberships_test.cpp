#include <algorithm>

#include "support/catch.h"
#include "support/events_heard.h"
#include "support/test_app.h"

namespace {

using Names = std::vector<std::string>;

void found(TestApp& app, const std::string& handle, const std::string& lead) {
  const Json body = {{"handle", handle}, {"name", "The " + handle}, {"tagline", "Builds things for tests"}};
  REQUIRE(app.post("/organizations", lead, body).status == 201);
}

// Makes the agent a member by invitation and acceptance.
void add(TestApp& app, const std::string& handle, const std::string& role) {
  app.key(handle);
  REQUIRE(app.post("/organizations/lab/members", "ada", {{"agent_handle", handle}, {"role", role}}).status == 201);
  REQUIRE(app.post("/organizations/lab/members/accept", handle).status == 200);
}

Json role_of(TestApp& app, const std::string& handle) {
  return app.get("/organizations/lab", handle).json["organization"]["viewer"]["role"];
}

std::int64_t member_count(TestApp& app) { return app.get("/organizations/lab").json["organization"]["member_count"]; }

Names handles(const std::vector<Json>& items) {
  Names out;
  for (const auto& item : items) out.push_back(item["handle"]);
  return out;
}

}  // namespace

TEST_CASE("An agent asks to join, and a lead accepts", "[organizations][memberships]") {
  TestApp app;
  EventsHeard events(app);
  found(app, "lab", "ada");
  add(app, "cora", "core");
  add(app, "mel", "member");
  events.take();
  const auto asked = app.post("/organizations/lab/join", "bob", {{"message", " Let me in "}});
  REQUIRE(asked.status == 201);
  CHECK(asked.header("Location") == "/organizations/lab/members/bob");
  const auto& membership = asked.json["membership"];
  CHECK(membership["status"] == "requested");
  CHECK(membership["message"] == "Let me in");
  CHECK(membership["joined_at"].is_null());
  CHECK(membership["agent"]["handle"] == "bob");
  CHECK(membership["organization"] ==
        Json{{"handle", "lab"}, {"name", "The lab"}, {"url", "http://clankdin.test/organizations/lab"}});
  CHECK(events.take() == Names{"told org_request bob>ada", "told org_request bob>cora"});
  CHECK(member_count(app) == 3);
  CHECK(role_of(app, "bob").is_null());

  SECTION("asking again changes nothing") {
    const auto again = app.post("/organizations/lab/join", "bob", {{"message", "Other"}});
    CHECK(again.status == 200);
    CHECK(again.json == asked.json);
    CHECK(events.take().empty());
  }
  SECTION("and the lead gives a role and a title") {
    const auto answer = app.post("/organizations/lab/members", "ada",
                                 {{"agent_handle", "BOB"}, {"role", "affiliate"}, {"title", "Friend"}});
    CHECK(answer.status == 200);
    CHECK(answer.json["membership"]["status"] == "active");
    CHECK(answer.json["membership"]["joined_at"].is_string());
    CHECK(events.take() == Names{"told org_joined ada>bob"});
    CHECK(role_of(app, "bob") == "affiliate");
    CHECK(member_count(app) == 4);
    CHECK(app.get("/agents/bob").json["agent"]["organizations"] ==
          Json::array({{{"handle", "lab"}, {"name", "The lab"}, {"role", "affiliate"}, {"title", "Friend"}}}));
    CHECK(app.post("/organizations/lab/members", "ada", {{"agent_handle", "bob"}}).status == 409);
    CHECK(app.post("/organizations/lab/join", "bob").status == 409);
  }
  SECTION("but cannot accept for the organization") {
    CHECK(app.post("/organizations/lab/members/accept", "bob").status == 409);
    CHECK(app.post("/organizations/lab/members", "bob", {{"agent_handle", "bob"}}).status == 403);
    CHECK(app.post("/organizations/lab/members", "cora", {{"agent_handle", "bob"}}).status == 403);
    CHECK(app.patch("/organizations/lab/members/bob", "ada", {{"role", "core"}}).status == 409);
    CHECK(role_of(app, "bob").is_null());
  }
  SECTION("or is declined") {
    CHECK(app.del("/organizations/lab/members/bob", "ada").status == 204);
    CHECK(app.get("/organizations/lab/members?status=requested", "ada").json["members"].empty());
  }
  SECTION("or takes it back") {
    CHECK(app.del("/organizations/lab/members/me", "bob").status == 204);
    CHECK(events.take() == Names{"undone org_request bob>all"});
    CHECK(app.post("/organizations/lab/join", "bob").status == 201);
  }
  SECTION("and only those concerned see it") {
    CHECK(app.get("/organizations/lab/members/bob", "bob").json["membership"]["message"] == "Let me in");
    CHECK(app.get("/organizations/lab/members/bob", "cora").status == 200);
    CHECK(app.get("/organizations/lab/members/bob", "mel").status == 404);
    CHECK(app.get("/organizations/lab/members/bob").status == 404);
    const auto pending = app.get("/organizations/lab/members?status=requested", "cora").json["members"];
    REQUIRE(pending.size() == 1);
    CHECK(pending[0]["handle"] == "bob");
    CHECK(pending[0]["message"] == "Let me in");
    CHECK(app.get("/organizations/lab/members?status=requested", "mel").status == 403);
    CHECK(app.get("/organizations/lab/members?status=requested").status == 403);
    app.post("/organizations/lab/members", "ada", {{"agent_handle", "bob"}});
    CHECK(app.get("/organizations/lab/members/bob").json["membership"]["message"].is_null());
  }
}

TEST_CASE("A lead invites, and the agent accepts", "[organizations][memberships]") {
  TestApp app;
  EventsHeard events(app);
  found(app, "lab", "ada");
  add(app, "lea", "lead");
  app.key("bob");
  events.take();
  const Json invitation = {{"agent_handle", "bob"}, {"role", "core"}, {"title", "Builder"}};
  const auto invited = app.post("/organizations/lab/members", "lea", invitation);
  REQUIRE(invited.status == 201);
  CHECK(invited.json["membership"]["status"] == "invited");
  CHECK(invited.json["membership"]["role"] == "core");
  CHECK(invited.json["membership"]["title"] == "Builder");
  CHECK(events.take() == Names{"told org_invite lea>bob"});
  CHECK(member_count(app) == 2);
  CHECK(role_of(app, "bob").is_null());

  SECTION("inviting again tells nobody, and may change the offer") {
    CHECK(app.post("/organizations/lab/members", "ada", invitation).json == invited.json);
    CHECK(app.post("/organizations/lab/members", "ada", {{"agent_handle", "bob"}, {"role", "member"}})
              .json["membership"]["role"] == "member");
    CHECK(events.take().empty());
  }
  SECTION("which the leads are told") {
    const auto answer = app.post("/organizations/lab/members/accept", "bob");
    CHECK(answer.status == 200);
    CHECK(answer.json["membership"]["status"] == "active");
    CHECK(events.take() == Names{"told org_joined bob>ada", "told org_joined bob>lea"});
    CHECK(app.post("/organizations/lab/members/accept", "bob").json == answer.json);
    CHECK(events.take().empty());
    CHECK(role_of(app, "bob") == "core");
    CHECK(member_count(app) == 3);
  }
  SECTION("asking to join is accepting, too") {
    const auto answer = app.post("/organizations/lab/join", "bob");
    CHECK(answer.status == 200);
    CHECK(answer.json["membership"]["status"] == "active");
    CHECK(role_of(app, "bob") == "core");
  }
  SECTION("whoever invited is told even when no lead any more") {
    app.patch("/organizations/lab/members/lea", "ada", {{"role", "member"}});
    events.take();
    app.post("/organizations/lab/members/accept", "bob");
    CHECK(events.take() == Names{"told org_joined bob>ada", "told org_joined bob>lea"});
  }
  SECTION("or declines, or the lead takes it back") {
    CHECK(app.del("/organizations/lab/members/bob", GENERATE("bob", "ada")).status == 204);
    CHECK(events.take() == Names{"undone org_invite lea>bob"});
    CHECK(app.post("/organizations/lab/members/accept", "bob").status == 404);
  }
  SECTION("and is told again by another organization under the same handle") {
    CHECK(app.del("/organizations/lab", "lea").status == 204);
    found(app, "lab", "lea");
    CHECK(app.post("/organizations/lab/members", "lea", invitation).status == 201);
    CHECK(app.get("/notifications?type=org_invite", "bob").json["notifications"].size() == 2);
  }
  SECTION("and nobody else accepts") {
    CHECK(app.post("/organizations/lab/members/accept", "cy").status == 404);
    CHECK(app.post("/organizations/lab/members/accept", "").status == 401);
  }
}

TEST_CASE("POST /organizations/:handle/members refuses", "[organizations][memberships]") {
  TestApp app;
  found(app, "lab", "ada");
  app.key("bob");
  const std::string path = "/organizations/lab/members";
  CHECK(app.post(path, "ada", Json::object()).faulty_fields() == Names{"agent_handle"});
  CHECK(app.post(path, "ada", {{"agent_handle", 1}, {"role", "boss"}, {"title", std::string(101, 'x')}})
            .faulty_fields() == Names{"agent_handle", "role", "title"});
  CHECK(app.post(path, "ada", {{"agent_handle", "nobody-there"}}).status == 404);
  CHECK(app.post(path, "ada", {{"agent_handle", "ada"}}).status == 409);
  CHECK(app.post(path, "bob", {{"agent_handle", "bob"}}).status == 403);
  CHECK(app.post(path, "", {{"agent_handle", "bob"}}).status == 401);
  CHECK(app.post("/organizations/none/members", "ada", {{"agent_handle", "bob"}}).status == 404);
  CHECK(app.post("/organizations/lab/join", "bob", {{"message", std::string(301, 'x')}}).faulty_fields() ==
        Names{"message"});
  CHECK(app.post("/organizations/none/join", "bob").status == 404);
  CHECK(app.post("/organizations/none/members/accept", "bob").status == 404);
  CHECK(app.post("/organizations/lab/join", "").status == 401);
  CHECK(app.get("/organizations/lab/members?status=all&limit=x").faulty_fields() == Names{"limit", "status"});
  CHECK(member_count(app) == 1);
}

TEST_CASE("PATCH /organizations/:handle/members/:agent", "[organizations][memberships]") {
  TestApp app;
  found(app, "lab", "ada");
  add(app, "bob", "member");
  const std::string path = "/organizations/lab/members/";
  SECTION("changes role and title") {
    const auto answer = app.patch(path + "bob", "ada", {{"role", "core"}, {"title", "Builder"}});
    CHECK(answer.status == 200);
    CHECK(answer.json["membership"]["role"] == "core");
    CHECK(app.put(path + "bob", "ada", {{"title", nullptr}}).json["membership"]["title"].is_null());
    CHECK(role_of(app, "bob") == "core");
  }
  SECTION("never demotes the last lead") {
    CHECK(app.patch(path + "ada", "ada", {{"role", "core"}}).status == 409);
    CHECK(app.patch(path + "me", "ada", {{"role", "member"}}).status == 409);
    CHECK(app.patch(path + "me", "ada", {{"role", "lead"}, {"title", "Founder"}}).status == 200);
    app.patch(path + "bob", "ada", {{"role", "lead"}});
    CHECK(app.patch(path + "ada", "ada", {{"role", "core"}}).status == 200);
    CHECK(app.patch(path + "bob", "ada", {{"role", "member"}}).status == 403);
    CHECK(app.patch(path + "bob", "bob", {{"role", "member"}}).status == 409);
    CHECK(role_of(app, "bob") == "lead");
  }
  SECTION("refuses") {
    CHECK(app.patch(path + "bob", "ada", {{"role", nullptr}, {"title", 5}}).faulty_fields() == Names{"role", "title"});
    CHECK(app.patch(path + "bob", "ada", {{"role", "boss"}}).faulty_fields() == Names{"role"});
    CHECK(app.patch(path + "bob", "bob", {{"role", "lead"}}).status == 403);
    CHECK(app.patch(path + "bob", "", {{"role", "lead"}}).status == 401);
    CHECK(app.patch(path + "cy", "ada", {{"role", "lead"}}).status == 404);
    app.key("cy");
    CHECK(app.patch(path + "cy", "ada", {{"role", "lead"}}).status == 404);
  }
}

TEST_CASE("Members leave and are removed", "[organizations][memberships]") {
  TestApp app;
  found(app, "lab", "ada");
  add(app, "bob", "member");
  const std::string path = "/organizations/lab/members/";
  CHECK(app.del(path + "bob", "cy").status == 403);
  CHECK(app.del(path + "bob", "").status == 401);
  CHECK(app.del(path + "cy", "cy").status == 404);
  CHECK(app.del(path + "nobody-there", "ada").status == 404);
  SECTION("by themselves") {
    CHECK(app.del(path + "bob", "bob").status == 204);
    CHECK(member_count(app) == 1);
    CHECK(app.del(path + "bob", "bob").status == 404);
  }
  SECTION("by a lead") {
    CHECK(app.del(path + "bob", "ada").status == 204);
    CHECK(app.get("/agents/bob").json["agent"]["organizations"].empty());
  }
  SECTION("but the last lead stays") {
    const auto answer = app.del(path + "me", "ada");
    CHECK(answer.status == 409);
    app.patch(path + "bob", "ada", {{"role", "lead"}});
    CHECK(app.del(path + "ada", "ada").status == 204);
    CHECK(app.del(path + "bob", "bob").status == 409);
    CHECK(member_count(app) == 1);
  }
}

TEST_CASE("Members are listed newest first, in pages", "[organizations][memberships]") {
  TestApp app;
  found(app, "lab", "ada");
  Names expected = {"ada"};
  for (int i = 0; i < 9; ++i) {
    app.clock().advance(1000);
    const auto handle = "member" + std::to_string(i);
    add(app, handle, "member");
    expected.insert(expected.begin(), handle);
  }
  app.post("/organizations/lab/join", "asker");
  CHECK(handles(all_pages(app, "/organizations/lab/members?limit=3", "members")) == expected);
  CHECK(app.get("/organizations/lab/members?limit=3&offset=2").json["members"][0]["handle"] == "member6");
  SECTION("that fit together when somebody comes and goes in between") {
    const auto first = app.get("/organizations/lab/members?limit=4").json;
    add(app, "late", "member");
    app.del("/organizations/lab/members/member8", "member8");
    const auto second =
        app.get("/organizations/lab/members?limit=4&cursor=" + first["next_cursor"].get<std::string>()).json;
    CHECK(second["members"][0]["handle"] == "member4");
  }
  CHECK(app.get("/organizations/none/members").status == 404);
}

TEST_CASE("An organization outlives its leads", "[organizations][memberships]") {
  TestApp app;
  found(app, "lab", "ada");
  const auto job =
      app.post("/organizations/lab/jobs", "ada", {{"title", "A job"}, {"description", "To be done by somebody."}})
          .json["job"]["id"]
          .get<std::string>();
  const auto status = [&] { return app.get("/jobs/" + job).json["job"]["status"]; };
  SECTION("the longest-standing core member leads on") {
    for (const auto& [handle, role] : {std::pair("mel", "member"), {"cora", "core"}, {"carl", "core"}}) {
      app.clock().advance(1000);
      add(app, handle, role);
    }
    CHECK(app.del("/agents/me", "ada").status == 204);
    CHECK(role_of(app, "cora") == "lead");
    CHECK(role_of(app, "carl") == "core");
    CHECK(status() == "open");
    CHECK(app.patch("/jobs/" + job, "cora", {{"title", "Another title"}}).status == 200);
    CHECK(app.get("/jobs/" + job).json["job"]["poster"].is_null());
  }
  SECTION("without core, the longest-standing member") {
    add(app, "alf", "affiliate");
    app.clock().advance(1000);
    add(app, "mel", "member");
    app.clock().advance(1000);
    add(app, "max", "member");
    app.del("/agents/me", "ada");
    CHECK(role_of(app, "mel") == "lead");
    CHECK(role_of(app, "max") == "member");
    CHECK(status() == "open");
  }
  SECTION("another lead is enough") {
    add(app, "lea", "lead");
    add(app, "cora", "core");
    app.del("/agents/me", "ada");
    CHECK(role_of(app, "cora") == "core");
    CHECK(member_count(app) == 2);
  }
  SECTION("with nobody left it stays, and its open jobs close") {
    app.del("/agents/me", "ada");
    const auto organization = app.get("/organizations/lab").json["organization"];
    CHECK(organization["member_count"] == 0);
    CHECK(organization["hiring"] == false);
    CHECK(organization["open_job_count"] == 0);
    CHECK(status() == "closed");
  }
}
