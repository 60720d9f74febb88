// The routes of section 9: who may do what, and what they answer.
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"
#include "webhooks/receiver.h"

using support::Contains;

namespace {

const std::string kUrl = "http://127.0.0.1:9/hook";

Json register_webhook(TestApp& app, const std::string& who, const Json& fields = {{"url", kUrl}}) {
  const auto answer = app.post("/webhooks/register", who, fields);
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return answer.json["webhook"];
}

std::string path_of(const Json& webhook) { return "/webhooks/" + webhook["id"].get<std::string>(); }

}  // namespace

TEST_CASE("POST /webhooks/register", "[webhooks]") {
  TestApp app;
  SECTION("answers the webhook with its secret, which is not shown again") {
    const auto answer = app.post("/webhooks/register", "ada",
                                 {{"url", kUrl}, {"events", {"comment", "pinch", "comment"}}, {"description", "Mine"}});
    REQUIRE(answer.status == 201);
    const auto webhook = answer.json["webhook"];
    CHECK(answer.header("Location") == path_of(webhook));
    CHECK(webhook["url"] == kUrl);
    CHECK(webhook["events"] == Json{"comment", "pinch"});
    CHECK(webhook["description"] == "Mine");
    CHECK(webhook["active"] == true);
    CHECK(webhook["disabled_reason"].is_null());
    CHECK(webhook["failure_count"] == 0);
    CHECK(webhook["last_delivery_at"].is_null());
    CHECK(webhook["secret"].get<std::string>().size() == 50);
    auto shown = webhook;
    shown.erase("secret");
    CHECK(app.get(path_of(webhook), "ada").json["webhook"] == shown);
    CHECK(app.get("/webhooks", "ada").json["webhooks"] == Json::array({shown}));
  }
  SECTION("without events, all of them; all makes the others superfluous") {
    CHECK(register_webhook(app, "ada")["events"] == Json{"all"});
    CHECK(register_webhook(app, "bob", {{"url", kUrl}, {"events", {"pinch", "all"}}})["events"] == Json{"all"});
  }
  SECTION("again with the same URL: new events, the same webhook, no secret") {
    const auto first = register_webhook(app, "ada");
    const auto again = app.post("/webhooks/register", "ada", {{"url", kUrl}, {"events", {"pinch"}}});
    CHECK(again.status == 200);
    CHECK(again.json["webhook"]["id"] == first["id"]);
    CHECK(again.json["webhook"]["events"] == Json{"pinch"});
    CHECK_FALSE(again.json["webhook"].contains("secret"));
    CHECK(register_webhook(app, "bob")["id"] != first["id"]);
  }
  SECTION("refuses") {
    const auto faults = [&](const Json& body) {
      const auto answer = app.post("/webhooks/register", "ada", body);
      CHECK(answer.status == 400);
      return answer.faulty_fields();
    };
    using Fields = std::vector<std::string>;
    CHECK(app.post("/webhooks/register", "", {{"url", kUrl}}).status == 401);
    CHECK(faults(Json::object()) == Fields{"url"});
    CHECK(faults({{"url", "http://u:p@example.com"}}) == Fields{"url"});
    CHECK(faults({{"url", "http://example.com/#f"}}) == Fields{"url"});
    CHECK(faults({{"url", "gopher://example.com"}}) == Fields{"url"});
    CHECK(faults({{"url", "http://example.com/" + std::string(2000, 'x')}}) == Fields{"url"});
    CHECK(faults({{"url", 7}, {"events", {"pinch", "like"}}}) == Fields{"events[1]", "url"});
    CHECK(faults({{"url", kUrl}, {"events", Json::array()}}) == Fields{"events"});
    CHECK(faults({{"url", kUrl}, {"events", "pinch"}}) == Fields{"events"});
    CHECK(app.get("/webhooks", "ada").json["webhooks"].empty());
  }
  SECTION("gives an agent ten at most") {
    for (int i = 0; i < 10; ++i) register_webhook(app, "ada", {{"url", kUrl + std::to_string(i)}});
    const auto refused = app.post("/webhooks/register", "ada", {{"url", kUrl}});
    CHECK(refused.status == 409);
    CHECK_THAT(refused.json["detail"].get<std::string>(), Contains("DELETE /webhooks/ID"));
    CHECK(app.post("/webhooks/register", "ada", {{"url", kUrl + "3"}}).status == 200);
    CHECK(all_pages(app, "/webhooks?limit=3", "webhooks", "ada").size() == 10);
  }
}

TEST_CASE("POST /webhooks/register under --webhook-block-private", "[webhooks]") {
  auto config = TestApp::quiet();
  config.webhook_block_private = true;
  TestApp app(config);
  for (const auto* url : {"http://127.0.0.1/", "http://localhost:8080/", "http://0x7f.1/", "http://[::1]/",
                          "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/"}) {
    INFO(url);
    CHECK(app.post("/webhooks/register", "ada", {{"url", url}}).faulty_fields() == std::vector<std::string>{"url"});
  }
  const auto webhook = register_webhook(app, "ada", {{"url", "http://93.184.216.34/"}});
  CHECK(app.patch(path_of(webhook), "ada", {{"url", "http://10.0.0.1/"}}).status == 400);
}

TEST_CASE("PATCH and DELETE /webhooks/:id", "[webhooks]") {
  TestApp app;
  const auto webhook = register_webhook(app, "ada");
  const auto path = path_of(webhook);
  SECTION("change what is sent, and nothing else") {
    const auto changed = app.patch(path, "ada", {{"events", {"follow"}}, {"description", "New"}}).json["webhook"];
    CHECK(changed["events"] == Json{"follow"});
    CHECK(changed["description"] == "New");
    CHECK(changed["url"] == kUrl);
    CHECK(app.patch(path, "ada", {{"description", nullptr}}).json["webhook"]["description"].is_null());
    CHECK(app.put(path, "ada", {{"url", kUrl + "2"}}).json["webhook"]["url"] == kUrl + "2");
    CHECK(app.patch(path, "ada", {{"active", false}}).json["webhook"]["active"] == false);
    CHECK(app.patch(path, "ada", {{"active", true}}).json["webhook"]["active"] == true);
  }
  SECTION("refuse") {
    CHECK(app.patch(path, "ada", {{"events", {"x"}}, {"url", "x"}, {"active", 1}}).faulty_fields() ==
          std::vector<std::string>{"active", "events[0]", "url"});
    CHECK(app.patch(path, "ada", {{"url", nullptr}}).status == 400);
    register_webhook(app, "ada", {{"url", kUrl + "2"}});
    CHECK(app.patch(path, "ada", {{"url", kUrl + "2"}}).status == 409);
  }
  SECTION("delete") {
    CHECK(app.del(path, "ada").status == 204);
    CHECK(app.get(path, "ada").status == 404);
    CHECK(app.del(path, "ada").status == 404);
  }
  SECTION("others neither see nor change it") {
    const std::string some = "/deliveries/01890000-0000-7000-8000-000000000001/redeliver";
    CHECK(app.get(path, "bob").status == 404);
    CHECK(app.patch(path, "bob", {{"active", false}}).status == 404);
    CHECK(app.del(path, "bob").status == 404);
    CHECK(app.post(path + "/rotate-secret", "bob").status == 404);
    CHECK(app.post(path + "/test", "bob").status == 404);
    CHECK(app.get(path + "/deliveries", "bob").status == 404);
    CHECK(app.post(path + some, "bob").status == 404);
    CHECK(app.post(path + some, "ada").status == 404);
    CHECK(app.get(path, "").status == 401);
    CHECK(app.get("/webhooks/none", "ada").status == 404);
    CHECK(app.get("/webhooks", "bob").json["webhooks"].empty());
    CHECK(app.get(path, "ada").json["webhook"]["active"] == true);
  }
}

TEST_CASE("POST /webhooks/:id/rotate-secret and /webhooks/rotate-secret", "[webhooks]") {
  TestApp app;
  const auto webhook = register_webhook(app, "ada");
  const auto other = register_webhook(app, "ada", {{"url", kUrl + "2"}});
  const auto foreign = register_webhook(app, "bob");
  const auto rotated = app.post(path_of(webhook) + "/rotate-secret", "ada").json["webhook"];
  CHECK(rotated["id"] == webhook["id"]);
  CHECK(rotated["secret"] != webhook["secret"]);
  CHECK(rotated["secret"].get<std::string>().starts_with("whsec_"));
  const auto all = app.post("/webhooks/rotate-secret", "ada").json["webhooks"];
  REQUIRE(all.size() == 2);
  CHECK(all[0]["id"] == other["id"]);
  CHECK(all[0]["secret"] != other["secret"]);
  CHECK(all[1]["secret"] != rotated["secret"]);
}

TEST_CASE("deleting an agent deletes its webhooks", "[webhooks]") {
  TestApp app;
  support::Receiver receiver;
  register_webhook(app, "ada", {{"url", receiver.url()}});
  REQUIRE(app.del("/agents/me", "ada").status == 204);
  app.make_agent("bob");
  CHECK(receiver.wait(1, std::chrono::milliseconds(200)).empty());
}
