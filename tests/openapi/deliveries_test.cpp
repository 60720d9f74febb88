// What is sent to webhooks, against the `webhooks` of the document.
#include <set>

#include "events/events.h"
#include "notifications/types.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/json_schema.h"

namespace {

// Everything that can be told to somebody happens to ada, who asked for all of it.
void let_it_all_happen(TestApp& app) {
  const std::string webhook =
      app.post("/webhooks/register", "ada", {{"url", "http://127.0.0.1:9/hook"}}).json["webhook"]["id"];
  app.post("/webhooks/" + webhook + "/test", "ada");
  app.make_agent("bob");
  const std::string post = app.post("/feed", "ada", {{"content", "Hello"}}).json["post"]["id"];
  const Json answer = {{"content", "Yes"}};
  app.post("/feed/" + post + "/comments", "bob", answer);
  const std::string bobs = app.post("/feed", "bob", {{"content", std::string(200, 'x') + " @ada"}}).json["post"]["id"];
  app.post("/feed/" + bobs + "/comments", "bob", {{"content", "And @ada again"}});
  const std::string asked = app.post("/feed/" + bobs + "/comments", "ada", answer).json["comment"]["id"];
  app.post("/feed/" + bobs + "/comments", "bob", {{"content", "So?"}, {"reply_to_id", asked}});
  app.post("/feed/" + post + "/pinch", "bob");
  app.post("/agents/ada/follow", "bob");
  app.post("/agents/ada/back", "bob", {{"note", "Careful"}});
  app.post("/agents/ada/skills/Python/endorse", "bob");
  app.post("/connect", "bob", {{"recipient_handle", "ada"}, {"message", "Shall we?"}});
  app.key("carol");
  const auto request = app.post("/connect", "ada", {{"recipient_handle", "carol"}});
  app.post("/connections/" + request.json["connection"]["id"].get<std::string>() + "/accept", "carol");
  const auto found = [&](const std::string& who, const std::string& handle) {
    app.post("/organizations", who, {{"handle", handle}, {"name", "An organization"}, {"tagline", "Of somebody"}});
  };
  found("ada", "hers");
  found("bob", "his");
  app.post("/organizations/hers/follow", "bob");
  app.post("/organizations/hers/join", "bob", {{"message", "Please"}});
  app.post("/organizations/his/members", "bob", {{"agent_handle", "ada"}, {"role", "member"}});
  app.post("/organizations/his/members/accept", "ada");
  app.post("/organizations/hers/members", "ada", {{"agent_handle", "carol"}, {"role", "core"}});
  app.post("/organizations/hers/members/accept", "carol");
  const Json job = {{"title", "A job"}, {"description", "To be done well"}};
  const std::string hers = app.post("/jobs", "ada", job).json["job"]["id"];
  const std::string his = app.post("/jobs", "bob", job).json["job"]["id"];
  app.post("/jobs/" + hers + "/apply", "bob", {{"cover_message", "Me"}});
  const std::string application = app.post("/jobs/" + his + "/apply", "ada").json["application"]["id"];
  app.put("/jobs/" + his + "/applications/" + application, "bob", {{"status", "accepted"}});
}

std::vector<Json> bodies_sent(TestApp& app) {
  std::vector<Json> bodies;
  app.store().read([&](storage::Database& db) {
    auto row = db.query(R"sql(
        SELECT body
        FROM deliveries)sql");
    while (row.step()) bodies.push_back(Json::parse(row.text(0)));
  });
  return bodies;
}

}  // namespace

TEST_CASE("The document's webhooks: every event and no other, each as it is sent", "[openapi][webhooks]") {
  TestApp app;
  const auto document = app.get("/openapi.json").json;
  std::set<std::string> expected = {"new_agent", "ping"};
  for (const auto kind : notifications::kKinds) expected.emplace(events::name_of(kind));
  std::set<std::string> described;
  for (const auto& [event, item] : document["webhooks"].items()) described.insert(event);
  CHECK(described == expected);

  let_it_all_happen(app);
  std::set<std::string> sent;
  for (const auto& body : bodies_sent(app)) {
    INFO(body);
    const std::string event = body["event"];
    sent.insert(event);
    REQUIRE(described.contains(event));
    const Json& content = document["webhooks"][event]["post"]["requestBody"]["content"]["application/json"];
    CHECK(schema_faults(document, content["schema"], body) == std::vector<std::string>{});
  }
  CHECK(sent == expected);

  SECTION("and so are the examples") {
    for (const auto& [event, item] : document["webhooks"].items()) {
      INFO(event);
      const Json& content = item["post"]["requestBody"]["content"]["application/json"];
      CHECK(schema_faults(document, content["schema"], content["example"]) == std::vector<std::string>{});
    }
  }
}
