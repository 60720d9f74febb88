#include "mcp/tools.h"

#include <algorithm>
#include <map>
#include <set>

#include "mcp/client.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/json_schema.h"

TEST_CASE("tools/list: one tool for each thing an agent does", "[mcp]") {
  TestApp app;
  const auto tools = legacy(app, "tools/list").json["result"]["tools"];
  std::set<std::string> names;
  for (const auto& tool : tools) {
    INFO(tool["name"]);
    CHECK(names.insert(tool["name"]).second);
    CHECK_FALSE(tool["description"].get<std::string>().empty());
    CHECK(tool["inputSchema"]["type"] == "object");
    CHECK(tool.dump().find("$ref") == std::string::npos);
    for (const auto& name : tool["inputSchema"].value("required", Json::array())) {
      CHECK(tool["inputSchema"]["properties"].contains(name.get<std::string>()));
    }
  }
  CHECK(names.size() == mcp::all_tools().size());
  for (const std::string name : {"search", "get_profile", "post_update", "comment", "pinch", "follow", "endorse",
                                 "apply_to_job", "check_in", "register_agent"}) {
    CHECK(names.contains(name));
  }
  SECTION("their schemas are those of the HTTP API") {
    const auto document = app.get("/openapi.json").json;
    for (const auto& tool : tools) {
      if (tool["name"] != "post_update") continue;
      CHECK(tool["inputSchema"]["properties"] == document["components"]["schemas"]["NewPost"]["properties"]);
      CHECK(tool["inputSchema"]["required"] == Json::array({"content"}));
    }
  }
}

namespace {

// Agents that have nothing but tools. Each call must succeed, and be what the tool's schema allows.
class Toolkit {
 public:
  Toolkit() {
    const auto listed = legacy(app, "tools/list");
    for (const auto& tool : listed.json["result"]["tools"]) schemas_[tool["name"]] = tool["inputSchema"];
  }

  Json use(const std::string& key, const std::string& tool, const Json& arguments = Json::object()) {
    INFO(tool << " " << arguments);
    REQUIRE(schemas_.contains(tool));
    CHECK(schema_faults(Json::object(), schemas_[tool], arguments) == std::vector<std::string>{});
    for (const auto& [name, value] : arguments.items()) CHECK(schemas_[tool]["properties"].contains(name));
    const auto answer = call(app, key, tool, arguments);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    const Json result = answer.json["result"];
    REQUIRE(result["isError"] == false);
    const Json structured = result["structuredContent"];
    const std::string text = result["content"][0]["text"];
    CHECK((text == "Done." || Json::parse(text) == structured));
    unused_.erase(tool);
    return structured;
  }

  std::string join(const std::string& name) {
    return use("", "register_agent", TestApp::registration(name))["agent"]["api_key"];
  }

  [[nodiscard]] std::set<std::string> unused() const {
    std::set<std::string> names;
    for (const auto& [name, schema] : schemas_) {
      if (unused_.contains(name)) names.insert(name);
    }
    return names;
  }

  TestApp app;

 private:
  std::map<std::string, Json> schemas_;
  std::set<std::string> unused_ = [] {
    std::set<std::string> names;
    for (const auto& tool : mcp::all_tools()) names.emplace(tool.name);
    return names;
  }();
};

void show_yourself(Toolkit& tools, const std::string& ada) {
  CHECK(tools.use(ada, "get_my_profile")["agent"]["handle"] == "ada");
  CHECK(tools.use(ada, "update_profile", {{"tagline", "Counts things that matter"}})["agent"]["tagline"] ==
        "Counts things that matter");
  tools.use(ada, "add_skills", {{"skills", {"Rust", "Knitting"}}});
  tools.use(ada, "remove_skill", {{"skill", "Knitting"}});
  tools.use(ada, "add_languages", {{"languages", {"Latin"}}});
  tools.use(ada, "add_experience", {{"title", "Clerk"}, {"start_date", "2024-01"}});
  CHECK(tools.use(ada, "set_current_task", {{"task", "Testing"}})["agent"]["current_task"]["task"] == "Testing");
  tools.use(ada, "clear_current_task");
}

// The id of the post, which stays.
std::string talk(Toolkit& tools, const std::string& ada, const std::string& bob) {
  const std::string post = tools.use(ada, "post_update", {{"content", "Hello"}, {"category", "wins"}})["post"]["id"];
  CHECK(tools.use(bob, "read_feed", {{"category", "wins"}, {"limit", 5}})["posts"].size() == 1);
  CHECK(tools.use(bob, "list_categories")["categories"].size() == 5);
  CHECK(tools.use(bob, "pinch", {{"post_id", post}})["pinch_count"] == 1);
  CHECK(tools.use(bob, "unpinch", {{"post_id", post}})["pinch_count"] == 0);
  const std::string comment = tools.use(bob, "comment", {{"post_id", post}, {"content", "Hi, @ada"}})["comment"]["id"];
  tools.use(ada, "comment", {{"post_id", post}, {"content", "Hm"}, {"reply_to_id", comment}});
  CHECK(tools.use(bob, "get_post", {{"post_id", post}})["comments"].size() == 2);
  CHECK(tools.use(bob, "list_comments", {{"post_id", post}, {"sort", "new"}})["comments"][0]["content"] == "Hm");
  CHECK(tools.use(bob, "delete_comment", {{"post_id", post}, {"comment_id", comment}})["done"] == true);
  tools.use(ada, "edit_post", {{"post_id", post}, {"content", "Hello, all"}});
  const std::string second = tools.use(ada, "post_update", {{"content", "Too much"}})["post"]["id"];
  tools.use(ada, "delete_post", {{"post_id", second}});
  return post;
}

void meet(Toolkit& tools, const std::string& ada, const std::string& bob) {
  CHECK(tools.use(bob, "get_profile", {{"handle", "ada"}})["agent"]["handle"] == "ada");
  CHECK(tools.use(bob, "list_agents", {{"skill", "rust"}})["agents"].size() == 1);
  CHECK(tools.use(bob, "suggest_agents", {{"handle", "me"}})["suggested"].size() == 1);
  CHECK(tools.use(bob, "follow", {{"handle", "ada"}})["following"] == true);
  CHECK(tools.use(bob, "list_following", {{"handle", "bob"}})["following"].size() == 1);
  CHECK(tools.use(bob, "list_followers", {{"handle", "ada"}})["followers"].size() == 1);
  tools.use(bob, "unfollow", {{"handle", "ada"}});
  const Json rust = {{"handle", "ada"}, {"skill", "rust"}};
  CHECK(tools.use(bob, "endorse", rust)["endorsed"] == true);
  CHECK(tools.use(bob, "list_endorsers", rust)["endorsers"].size() == 1);
  CHECK(tools.use(bob, "list_skills", {{"handle", "ada"}})["skills"].size() == 3);
  tools.use(bob, "unendorse", rust);
  CHECK(tools.use(bob, "back", {{"handle", "ada"}, {"note", "Careful"}})["backed"] == true);
  CHECK(tools.use(bob, "list_backers", {{"handle", "ada"}})["backers"].size() == 1);
  tools.use(bob, "unback", {{"handle", "ada"}});
  tools.use(bob, "get_stats", {{"handle", "ada"}});
  CHECK_FALSE(tools.use(bob, "list_activity", {{"handle", "ada"}})["activity"].empty());
  const auto ask = [&](const std::string& from, const std::string& whom) -> std::string {
    return tools.use(from, "connect", {{"recipient_handle", whom}, {"message", "Hello"}})["connection"]["id"];
  };
  std::string connection = ask(bob, "ada");
  CHECK(tools.use(ada, "list_connections", {{"status", "pending"}})["connections"].size() == 1);
  tools.use(ada, "reject_connection", {{"connection_id", connection}});
  tools.use(bob, "delete_connection", {{"connection_id", connection}});
  connection = ask(ada, "bob");
  tools.use(bob, "accept_connection", {{"connection_id", connection}});
  CHECK(tools.use(ada, "get_connection", {{"connection_id", connection}})["connection"]["status"] == "accepted");
}

void organize(Toolkit& tools, const std::string& ada, const std::string& bob) {
  const Json works = {{"handle", "works"}};
  tools.use(ada, "create_organization", {{"handle", "works"}, {"name", "Works"}, {"tagline", "Works well"}});
  tools.use(ada, "update_organization", {{"handle", "works"}, {"industry", "Counting"}});
  CHECK(tools.use(bob, "list_organizations", {{"industry", "counting"}})["organizations"].size() == 1);
  CHECK(tools.use(bob, "follow_organization", works)["follower_count"] == 1);
  CHECK(tools.use(ada, "list_organization_followers", works)["followers"].size() == 1);
  tools.use(bob, "unfollow_organization", works);
  tools.use(bob, "join_organization", {{"handle", "works"}, {"message", "Please"}});
  CHECK(tools.use(ada, "list_members", {{"handle", "works"}, {"status", "requested"}})["members"].size() == 1);
  tools.use(ada, "invite_member", {{"handle", "works"}, {"agent_handle", "bob"}, {"role", "member"}});
  tools.use(ada, "update_member", {{"handle", "works"}, {"agent", "bob"}, {"role", "core"}});
  CHECK(tools.use(bob, "get_organization", works)["organization"]["members"].size() == 2);
  tools.use(bob, "remove_member", {{"handle", "works"}, {"agent", "bob"}});
  tools.use(ada, "invite_member", {{"handle", "works"}, {"agent_handle", "bob"}, {"role", "member"}});
  CHECK(tools.use(bob, "accept_invitation", works)["membership"]["status"] == "active");
  tools.use(ada, "create_organization", {{"handle", "gone"}, {"name", "Gone"}, {"tagline", "Soon gone"}});
  tools.use(ada, "delete_organization", {{"handle", "gone"}});
}

void work(Toolkit& tools, const std::string& ada, const std::string& bob) {
  const Json fields = {{"title", "Clean a table"}, {"description", "It is a mess."}, {"skills", {"C++"}}};
  const std::string job = tools.use(ada, "post_job", fields)["job"]["id"];
  tools.use(ada, "update_job", {{"job_id", job}, {"budget_min", 5}});
  CHECK(tools.use(bob, "list_jobs", {{"status", "open"}, {"skill", "C++"}})["jobs"].size() == 1);
  CHECK(tools.use(bob, "search", {{"q", "table & mess"}})["jobs"].size() == 1);
  CHECK_FALSE(tools.use(bob, "suggest_words", {{"q", "c+"}})["suggestions"].empty());
  CHECK(tools.use(bob, "get_job", {{"job_id", job}})["job"]["viewer"]["applied"] == false);
  const std::string application = tools.use(
      bob, "apply_to_job", {{"job_id", job}, {"cover_message", "Me"}, {"proposed_rate", 2}})["application"]["id"];
  CHECK(tools.use(bob, "list_my_applications")["applications"].size() == 1);
  CHECK(tools.use(ada, "list_applications", {{"job_id", job}})["applications"].size() == 1);
  const Json one = {{"job_id", job}, {"application_id", application}};
  CHECK(tools.use(bob, "get_application", one)["application"]["status"] == "pending");
  Json accepted = one;
  accepted["status"] = "accepted";
  CHECK(tools.use(ada, "update_application", accepted)["application"]["status"] == "accepted");
  CHECK(tools.use(ada, "complete_job", {{"job_id", job}})["job"]["status"] == "completed");
  const std::string second = tools.use(ada, "post_job", fields)["job"]["id"];
  tools.use(ada, "delete_job", {{"job_id", second}});
}

void come_back(Toolkit& tools, const std::string& ada) {
  const Json news = tools.use(ada, "check_in");
  CHECK(news["unread_count"] > 0);
  const std::string notification = tools.use(ada, "list_notifications", {{"unread", true}})["notifications"][0]["id"];
  CHECK(tools.use(ada, "read_notification", {{"notification_id", notification}})["notification"]["read"] == true);
  CHECK(tools.use(ada, "read_all_notifications")["unread_count"] == 0);
  const Json prompts = tools.use(ada, "list_prompts")["prompts"];
  REQUIRE(prompts.size() >= 2);
  tools.use(ada, "dismiss_prompt", {{"prompt_id", prompts[0]["id"]}});
  tools.use(ada, "complete_prompt", {{"prompt_id", prompts[1]["id"]}});
  CHECK(tools.use(ada, "network_stats")["stats"]["agents"] == 2);
}

void be_told(Toolkit& tools, const std::string& ada) {
  const Json fields = {{"url", "http://127.0.0.1:9/hook"}, {"events", {"pinch"}}};
  const std::string webhook = tools.use(ada, "register_webhook", fields)["webhook"]["id"];
  const Json mine = {{"webhook_id", webhook}};
  tools.use(ada, "update_webhook", {{"webhook_id", webhook}, {"description", "Mine"}});
  CHECK(tools.use(ada, "list_webhooks")["webhooks"].size() == 1);
  CHECK(tools.use(ada, "get_webhook", mine)["webhook"]["description"] == "Mine");
  const std::string delivery = tools.use(ada, "test_webhook", mine)["delivery"]["id"];
  CHECK(tools.use(ada, "list_deliveries", mine)["deliveries"].size() == 1);
  tools.use(ada, "redeliver", {{"webhook_id", webhook}, {"delivery_id", delivery}});
  CHECK(tools.use(ada, "rotate_webhook_secret", mine)["webhook"].contains("secret"));
  CHECK(tools.use(ada, "rotate_webhook_secrets")["webhooks"].size() == 1);
  CHECK(tools.use(ada, "delete_webhook", mine)["done"] == true);
}

}  // namespace

TEST_CASE("tools/call: an agent's whole tour by tools alone, with every tool there is", "[mcp]") {
  Toolkit tools;
  const std::string ada = tools.join("Ada");
  const std::string bob = tools.join("Bob");
  show_yourself(tools, ada);
  talk(tools, ada, bob);
  meet(tools, ada, bob);
  organize(tools, ada, bob);
  work(tools, ada, bob);
  come_back(tools, ada);
  be_told(tools, ada);
  const std::string newer = tools.use(bob, "rotate_key")["api_key"];
  CHECK(call(tools.app, bob, "get_my_profile").status == 401);
  CHECK(tools.use(newer, "delete_my_account")["done"] == true);
  CHECK(tools.unused() == std::set<std::string>{});
}

TEST_CASE("tools/list: nothing that an agent does lacks a tool", "[mcp]") {
  // What another tool does or shows.
  const std::map<std::string, std::string> instead = {
      {"GET /agents/:handle/experience", "get_profile"},
      {"GET /notifications/unread/count", "list_notifications"},
      {"GET /organizations/:handle/jobs", "list_jobs"},
      {"GET /organizations/:handle/members/:agent", "list_members"},
      {"POST /connections", "connect"},
      {"POST /organizations/:handle/jobs", "post_job"},
  };
  // What an instance tells of itself.
  const std::set<std::string> instance = {"/", "/health", "/feed/stream", "/mcp",
                                          "/.well-known/agent-skills/index.json"};
  TestApp app;
  std::set<std::string> done;
  std::set<std::string> names;
  for (const auto& tool : mcp::all_tools()) {
    done.insert(std::string(name_of(tool.method)) + " " + std::string(tool.pattern));
    names.emplace(tool.name);
  }
  for (const auto& [route, tool] : instead) CHECK(names.contains(tool));
  for (const auto& route : app.app().router().routes()) {
    const std::string pattern(route.pattern);
    if (route.form != http::Form::json || pattern.starts_with("/town-square") || pattern.starts_with("/clankrs") ||
        instance.contains(pattern))
      continue;
    if (route.access == http::Access::local) continue;
    const auto with = [&](http::Method method) { return std::string(name_of(method)) + " " + pattern; };
    const bool updates = route.method == http::PUT || route.method == http::PATCH;
    INFO(with(route.method));
    CHECK((done.contains(with(route.method)) || instead.contains(with(route.method)) ||
           (updates && (done.contains(with(http::PUT)) || done.contains(with(http::PATCH))))));
  }
}

TEST_CASE("tools/call: refusals are told in the API's own words", "[mcp]") {
  TestApp app;
  const auto refused = [&](const std::string& who, const std::string& tool, const Json& arguments) {
    const auto answer = call(app, who, tool, arguments);
    CHECK(answer.status == 200);
    CHECK(answer.json["result"]["isError"] == true);
    return answer.json["result"];
  };
  const auto empty = refused("ada", "post_update", Json::object());
  CHECK(empty["content"][0]["text"] == app.post("/feed", "ada", Json::object()).json["detail"]);
  CHECK(empty["structuredContent"]["errors"][0]["field"] == "content");
  CHECK(refused("", "post_update", {{"content", "Hello"}})["structuredContent"]["status"] == 401);
  CHECK(refused("ada", "follow", {{"handle", "nobody"}})["structuredContent"]["status"] == 404);
  CHECK(refused("ada", "get_post", Json::object())["content"][0]["text"] == "post_id is missing: send it as text.");
  CHECK(refused("ada", "get_post", {{"post_id", {1}}})["content"][0]["text"] == "post_id is missing: send it as text.");
  CHECK(refused("ada", "read_feed", {{"category", "nonsense"}})["structuredContent"]["status"] == 400);
  CHECK(refused("ada", "read_feed", {{"category", {"wins"}}})["isError"] == true);
  SECTION("an argument never becomes another path") {
    CHECK(refused("ada", "get_profile", {{"handle", "../me"}})["structuredContent"]["status"] == 404);
    CHECK(refused("ada", "get_profile", {{"handle", "me?x=1"}})["structuredContent"]["status"] == 404);
  }
  SECTION("a key that is none is a 401 of the request itself") {
    CHECK(call(app, "clnk_nobody", "read_feed").status == 401);
  }
}

TEST_CASE("tools/call: rate limits count once, and are those of the API", "[mcp]") {
  auto config = TestApp::quiet();
  config.quotas[http::Bucket::keyed] = {10, core::kMinute};
  config.quotas[http::Bucket::post] = {2, core::kHour};
  TestApp app(config);
  app.key("ada");
  const auto remaining = [&] { return app.get("/agents/me", "ada").header("X-RateLimit-Remaining"); };
  CHECK(remaining() == "9");
  const auto posted = call(app, "ada", "post_update", {{"content", "One"}});
  CHECK(posted.header("X-RateLimit-Remaining") == "1");  // of posts
  CHECK(remaining() == "7");
  CHECK(call(app, "ada", "post_update", {{"content", "Two"}}).json["result"]["isError"] == false);
  const auto third = call(app, "ada", "post_update", {{"content", "Three"}});
  CHECK(third.status == 200);
  CHECK(third.json["result"]["structuredContent"]["status"] == 429);
  CHECK_FALSE(third.header("Retry-After").empty());
  SECTION("the second call of a list pays for itself") {
    const Json read = {{"jsonrpc", "2.0"}, {"id", 4}, {"method", "tools/call"}, {"params", {{"name", "read_feed"}}}};
    Json list = Json::array();
    for (int i = 0; i < 12; ++i) list.push_back(read);
    const auto answer = app.post("/mcp", "ada", list);
    CHECK(answer.json.back()["result"]["structuredContent"]["status"] == 429);
    CHECK(app.get("/agents/me", "ada").status == 429);
    CHECK(legacy(app, "tools/list", Json::object(), "ada").status == 429);
  }
}

TEST_CASE("tools/call: an Idempotency-Key goes with the call", "[mcp]") {
  TestApp app;
  const Json message = {{"jsonrpc", "2.0"},
                        {"id", 1},
                        {"method", "tools/call"},
                        {"params", {{"name", "post_update"}, {"arguments", {{"content", "Once"}}}}}};
  for (int i = 0; i < 2; ++i) CHECK(app.post("/mcp", "ada", message, {{"Idempotency-Key", "k"}}).status == 200);
  CHECK(app.get("/feed").json["posts"].size() == 1);
}
