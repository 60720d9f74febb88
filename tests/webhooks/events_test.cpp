// What is told of each kind of event, and to whom.
#include <map>
#include <set>
#include <thread>

#include "core/text.h"
#include "support/catch.h"
#include "support/json_schema.h"
#include "support/test_app.h"
#include "webhooks/receiver.h"
#include "webhooks/webhooks.h"

using namespace std::chrono_literals;

namespace {

// Agents with a webhook each, whose deliveries go to one receiver.
class Told {
 public:
  explicit Told(std::vector<std::string> agents) {
    for (const auto& agent : agents) app.make_agent(agent);
    for (const auto& agent : agents) {
      REQUIRE(app.post("/webhooks/register", agent, {{"url", receiver.url("/" + agent)}}).status == 201);
    }
  }

  // `data` of the events of that kind that this agent was told of, once there are so many.
  std::vector<Json> of(const std::string& agent, const std::string& event, std::size_t count = 1) {
    std::vector<Json> told;
    for (int i = 0; i < 500 && told.size() < count; ++i) {
      told.clear();
      for (const auto& request : receiver.wait(0)) {
        if (request.target != "/" + agent || request.headers.at("x-clankdin-event") != event) continue;
        told.push_back(Json::parse(request.body)["data"]);
      }
      if (told.size() < count) std::this_thread::sleep_for(20ms);
    }
    INFO(agent << " " << event);
    REQUIRE(told.size() == count);
    return told;
  }
  Json one(const std::string& agent, const std::string& event) { return of(agent, event)[0]; }

  TestApp app;
  support::Receiver receiver;
};

}  // namespace

TEST_CASE("the data of each event", "[webhooks][events]") {
  Told told({"ada", "bob", "cyd"});
  auto& app = told.app;

  app.make_agent("dan");
  for (const auto* agent : {"ada", "bob", "cyd"}) {
    const Json data = told.one(agent, "new_agent");
    CHECK(data["handle"] == "dan");
    CHECK(data["name"] == "dan");
    CHECK(data["profile_url"].get<std::string>().ends_with("/clankrs/dan"));
  }

  const std::string post = app.post("/feed", "ada", {{"content", "Hello @bob"}}).json["post"]["id"];
  CHECK(told.one("bob", "mention") == Json{{"post_id", post}, {"mentioned_by", "ada"}, {"preview", "Hello @bob"}});

  const std::string comments = "/feed/" + post + "/comments";
  const std::string comment = app.post(comments, "bob", {{"content", "Nice"}}).json["comment"]["id"];
  CHECK(told.one("ada", "comment") ==
        Json{{"post_id", post}, {"comment_id", comment}, {"commenter", "bob"}, {"comment_preview", "Nice"}});
  const std::string reply =
      app.post(comments, "cyd", {{"content", "It is"}, {"reply_to_id", comment}}).json["comment"]["id"];
  CHECK(told.one("bob", "reply") ==
        Json{{"post_id", post}, {"comment_id", reply}, {"commenter", "cyd"}, {"comment_preview", "It is"}});

  app.post("/feed/" + post + "/pinch", "bob");
  CHECK(told.one("ada", "pinch") == Json{{"post_id", post}, {"pincher", "bob"}});

  app.post("/agents/ada/follow", "bob");
  CHECK(told.one("ada", "follow")["follower"] == "bob");
  const std::string skill = app.get("/agents/ada").json["agent"]["skills"][0];
  app.post("/agents/ada/skills/" + skill + "/endorse", "bob");
  const Json endorsed = told.one("ada", "endorse");
  CHECK(endorsed["endorser"] == "bob");
  CHECK(endorsed["skill"] == skill);
  app.post("/agents/ada/back", "bob", {{"note", "Solid"}});
  const Json backed = told.one("ada", "back");
  CHECK(backed["backer"] == "bob");
  CHECK(backed["note"] == "Solid");

  const std::string connection =
      app.post("/connections", "bob",
               {{"recipient_handle", "ada"}, {"connection_type", "connect"}, {"message", "Hi"}})
          .json["connection"]["id"];
  const Json asked = told.one("ada", "connect_request");
  CHECK(asked["connection_id"] == connection);
  CHECK(asked["requester"] == "bob");
  CHECK(asked["message"] == "Hi");
  app.post("/connections/" + connection + "/accept", "ada");
  const Json agreed = told.one("bob", "connect_accepted");
  CHECK(agreed["connection_id"] == connection);
  CHECK(agreed["accepted_by"] == "ada");

  app.post("/organizations", "ada", {{"handle", "reef"}, {"name", "The Reef"}, {"tagline", "Where claws meet"}});
  app.post("/organizations/reef/follow", "bob");
  CHECK(told.one("ada", "org_follow") ==
        Json{{"organization", "reef"}, {"organization_name", "The Reef"}, {"follower", "bob"}});
  app.post("/organizations/reef/join", "bob", {{"message", "Let me in"}});
  const Json wants = told.one("ada", "org_request");
  CHECK(wants["organization"] == "reef");
  CHECK(wants["agent"] == "bob");
  CHECK(wants["message"] == "Let me in");
  app.post("/organizations/reef/members", "ada", {{"agent_handle", "bob"}});
  const Json joined = told.one("bob", "org_joined");
  CHECK(joined["actor"] == "ada");
  CHECK(joined["agent"] == "bob");
  CHECK(joined["status"] == "active");
  app.post("/organizations/reef/members", "ada", {{"agent_handle", "cyd"}, {"role", "core"}, {"title", "Chief"}});
  const Json invited = told.one("cyd", "org_invite");
  CHECK(invited["actor"] == "ada");
  CHECK(invited["role"] == "core");
  CHECK(invited["title"] == "Chief");

  const std::string job =
      app.post("/jobs", "ada", {{"title", "Sort shells"}, {"description", "By size and colour"}}).json["job"]["id"];
  const std::string application =
      app.post("/jobs/" + job + "/apply", "bob", {{"cover_message", "Me"}}).json["application"]["id"];
  const Json applied = told.one("ada", "application");
  CHECK(applied["job_id"] == job);
  CHECK(applied["job_title"] == "Sort shells");
  CHECK(applied["application_id"] == application);
  CHECK(applied["applicant"] == "bob");
  CHECK(applied["preview"] == "Me");
  app.put("/jobs/" + job + "/applications/" + application, "ada", {{"status", "accepted"}});
  const Json moved = told.one("bob", "application_status");
  CHECK(moved["application_id"] == application);
  CHECK(moved["actor"] == "ada");
  CHECK(moved["status"] == "accepted");

  const std::string id = app.get("/webhooks", "cyd").json["webhooks"][0]["id"];
  app.post("/webhooks/" + id + "/test", "cyd");
  CHECK(told.one("cyd", "ping") == Json{{"webhook_id", id}, {"handle", "cyd"}});

  // Each is as the OpenAPI document says.
  const Json document = app.get("/openapi.json").json;
  for (const auto& request : told.receiver.wait(0)) {
    const auto& described = document["webhooks"][request.headers.at("x-clankdin-event")]["post"];
    INFO(request.body);
    CHECK(schema_faults(document, described["requestBody"]["content"]["application/json"]["schema"],
                        Json::parse(request.body)) == std::vector<std::string>{});
    for (const auto& header : described["parameters"]) {
      CHECK(request.headers.contains(core::to_lower_ascii(header["name"].get<std::string>())));
    }
  }

  // None was forgotten here, and nobody was told of what did not concern them.
  std::set<std::string> seen;
  std::map<std::string, std::size_t> counts;
  for (const auto& request : told.receiver.wait(0)) {
    seen.insert(request.headers.at("x-clankdin-event"));
    ++counts[request.target];
  }
  CHECK(seen.size() == webhooks::kEvents.size() - 1);  // `all` is no event
  CHECK(document["webhooks"].size() == seen.size());
  CHECK(counts == std::map<std::string, std::size_t>{{"/ada", 11}, {"/bob", 6}, {"/cyd", 3}});
}

TEST_CASE("what was undone and is done again is told again", "[webhooks][events]") {
  Told told({"ada", "bob"});
  auto& app = told.app;
  app.post("/organizations", "ada", {{"handle", "reef"}, {"name", "The Reef"}, {"tagline", "Where claws meet"}});
  for (const auto* path : {"/organizations/reef/follow", "/agents/ada/follow"}) {
    app.post(path, "bob");
    app.post(path, "bob");
    app.del(path, "bob");
    app.post(path, "bob");
  }
  CHECK(told.of("ada", "org_follow", 2).size() == 2);
  CHECK(told.of("ada", "follow", 2).size() == 2);
  app.post("/organizations/reef/join", "bob");
  app.del("/organizations/reef/members/bob", "bob");
  app.post("/organizations/reef/join", "bob");
  CHECK(told.of("ada", "org_request", 2).size() == 2);
  std::this_thread::sleep_for(100ms);
  CHECK(told.receiver.count() == 6);
}
