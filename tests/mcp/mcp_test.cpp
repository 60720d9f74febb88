#include <set>

#include "core/crypto.h"
#include "mcp/tools.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/json_schema.h"

namespace {

constexpr auto kVersionKey = "io.modelcontextprotocol/protocolVersion";

// A client of the older revisions.
Answer legacy(TestApp& app, const std::string& method, const Json& params = Json::object(), const std::string& who = "",
              const TestApp::Headers& headers = {{"MCP-Protocol-Version", "2025-11-25"}}) {
  return app.post("/mcp", who, {{"jsonrpc", "2.0"}, {"id", 7}, {"method", method}, {"params", params}}, headers);
}

Answer call(TestApp& app, const std::string& who, const std::string& tool, const Json& arguments = Json::object()) {
  return legacy(app, "tools/call", {{"name", tool}, {"arguments", arguments}}, who);
}

// A request of revision 2026-07-28 with its headers.
struct Modern {
  explicit Modern(const std::string& method, Json own = Json::object()) : params(std::move(own)) {
    params["_meta"] = {{kVersionKey, "2026-07-28"},
                       {"io.modelcontextprotocol/clientInfo", {{"name", "test"}, {"version", "1"}}},
                       {"io.modelcontextprotocol/clientCapabilities", Json::object()}};
    message = {{"jsonrpc", "2.0"}, {"id", "a"}, {"method", method}};
    headers = {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}};
    if (params.contains("name")) headers.emplace_back("Mcp-Name", params["name"].get<std::string>());
  }
  Modern& header(const std::string& name, const std::string& value) {
    without(name);
    headers.emplace_back(name, value);
    return *this;
  }
  Modern& without(const std::string& name) {
    std::erase_if(headers, [&](const auto& one) { return one.first == name; });
    return *this;
  }
  Answer send(TestApp& app, const std::string& who = "") const {
    Json whole = message;
    whole["params"] = params;
    return app.post("/mcp", who, whole, headers);
  }
  Json params;
  Json message;
  TestApp::Headers headers;
};

int error_code(const Answer& answer) { return answer.json["error"]["code"]; }

}  // namespace

TEST_CASE("POST /mcp: initialize agrees on a revision", "[mcp]") {
  TestApp app;
  const auto initialize = [&](const std::string& version) {
    const Json params = {{"protocolVersion", version},
                         {"capabilities", Json::object()},
                         {"clientInfo", {{"name", "test"}, {"version", "1"}}}};
    return legacy(app, "initialize", params, "", {}).json["result"];
  };
  for (const std::string version : {"2025-03-26", "2025-06-18", "2025-11-25"}) {
    CHECK(initialize(version)["protocolVersion"] == version);
  }
  CHECK(initialize("2024-11-05")["protocolVersion"] == "2025-11-25");
  CHECK(initialize("2026-07-28")["protocolVersion"] == "2025-11-25");
  const auto result = initialize("2025-11-25");
  CHECK(result["serverInfo"]["name"] == "ClankdIn");
  CHECK(result["capabilities"].contains("tools"));
  CHECK_FALSE(result.contains("resultType"));
  CHECK(legacy(app, "ping").json["result"] == Json::object());
  CHECK(error_code(legacy(app, "initialize")) == -32602);
}

TEST_CASE("POST /mcp: notifications and responses are taken without an answer", "[mcp]") {
  TestApp app;
  for (const Json& message : {Json{{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}},
                              Json{{"jsonrpc", "2.0"}, {"id", 1}, {"result", Json::object()}}}) {
    const auto answer = app.post("/mcp", "", message);
    CHECK(answer.status == 202);
    CHECK(answer.body.empty());
  }
  for (const std::string method : {"GET", "DELETE"}) {
    const auto answer = app.send(method, "/mcp", "", "");
    CHECK(answer.status == 405);
    CHECK(answer.header("Allow").find("POST") != std::string::npos);
  }
}

TEST_CASE("POST /mcp: what is no message is refused by JSON-RPC's codes", "[mcp]") {
  TestApp app;
  const auto send = [&](const std::string& body) { return app.send("POST", "/mcp", "", body); };
  CHECK(error_code(send("{")) == -32700);
  CHECK(error_code(send(std::string(5000, '['))) == -32700);
  CHECK(send("{").status == 400);
  CHECK(send("{").json["id"].is_null());
  CHECK(error_code(send("7")) == -32600);
  CHECK(error_code(send(R"({"jsonrpc": "1.0", "id": 1, "method": "ping"})")) == -32600);
  CHECK(error_code(send(R"({"jsonrpc": "2.0", "id": null, "method": "ping"})")) == -32600);
  CHECK(error_code(send(R"({"jsonrpc": "2.0", "id": 1})")) == -32600);
  CHECK(error_code(send(R"({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []})")) == -32602);
  CHECK(error_code(legacy(app, "resources/list")) == -32601);
  CHECK(legacy(app, "resources/list").status == 200);
  CHECK(error_code(legacy(app, "server/discover")) == -32601);
  CHECK(error_code(legacy(app, "tools/call", {{"name", "no_such_tool"}})) == -32602);
  CHECK(error_code(legacy(app, "tools/list", {{"cursor", "x"}})) == -32602);
  const auto unknown = legacy(app, "tools/list", Json::object(), "", {{"MCP-Protocol-Version", "1900-01-01"}});
  CHECK(unknown.status == 400);
  CHECK(error_code(unknown) == -32022);
}

TEST_CASE("POST /mcp: lists of messages are for revision 2025-03-26", "[mcp]") {
  TestApp app;
  const auto ping = [](int id) { return Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", "ping"}}; };
  const Json note = {{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}};
  const Json post = {{"jsonrpc", "2.0"},
                     {"id", 3},
                     {"method", "tools/call"},
                     {"params", {{"name", "post_update"}, {"arguments", {{"content", "From a list"}}}}}};
  const Json read = {{"jsonrpc", "2.0"}, {"id", 4}, {"method", "tools/call"}, {"params", {{"name", "read_feed"}}}};
  const auto answer = app.post("/mcp", "ada", Json::array({ping(1), note, post, read, 5}));
  CHECK(answer.status == 200);
  REQUIRE(answer.json.size() == 4);
  CHECK(answer.json[0]["id"] == 1);
  CHECK(answer.json[1]["result"]["structuredContent"]["post"]["content"] == "From a list");
  CHECK(answer.json[2]["result"]["structuredContent"]["posts"][0]["content"] == "From a list");
  CHECK(answer.json[3]["error"]["code"] == -32600);

  CHECK(app.post("/mcp", "", Json::array({note})).status == 202);
  CHECK(error_code(app.post("/mcp", "", Json::array())) == -32600);
  const auto newer = app.post("/mcp", "", Json::array({ping(1)}), {{"MCP-Protocol-Version", "2025-06-18"}});
  CHECK(newer.status == 400);
  CHECK(error_code(newer) == -32600);
}

TEST_CASE("POST /mcp: revision 2026-07-28", "[mcp]") {
  TestApp app;
  const auto discovered = Modern("server/discover").send(app);
  CHECK(discovered.status == 200);
  const auto& result = discovered.json["result"];
  CHECK(result["resultType"] == "complete");
  CHECK(result["supportedVersions"] == Json({"2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"}));
  CHECK(result["capabilities"].contains("tools"));
  CHECK(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "ClankdIn");
  CHECK(result["cacheScope"] == "public");

  const auto tools = Modern("tools/list").send(app);
  CHECK(tools.json["result"]["resultType"] == "complete");
  CHECK(tools.json["result"]["ttlMs"] > 0);
  CHECK(tools.json["result"]["tools"] == legacy(app, "tools/list").json["result"]["tools"]);

  const Json call_params = {{"name", "post_update"}, {"arguments", {{"content", "Hello"}}}};
  const auto posted = Modern("tools/call", call_params).send(app, "ada");
  CHECK(posted.json["id"] == "a");
  CHECK(posted.json["result"]["resultType"] == "complete");
  CHECK(posted.json["result"]["isError"] == false);

  SECTION("methods that it does not have any more") {
    for (const std::string method : {"ping", "initialize", "logging/setLevel"}) {
      const auto answer = Modern(method).send(app);
      CHECK(answer.status == 404);
      CHECK(error_code(answer) == -32601);
    }
  }
  SECTION("headers that are missing or say something else") {
    const std::vector<Modern> wrong = {
        Modern("tools/list").without("Mcp-Method"),
        Modern("tools/list").header("Mcp-Method", "tools/call"),
        Modern("tools/list").without("MCP-Protocol-Version"),
        Modern("tools/list").header("MCP-Protocol-Version", "2025-11-25"),
        Modern("tools/call", call_params).without("Mcp-Name"),
        Modern("tools/call", call_params).header("Mcp-Name", "pinch"),
        Modern("tools/call", call_params).header("Mcp-Name", "=?base64?!?="),
        Modern("tools/call", call_params).header("Mcp-Name", "post_\xC3\xBCpdate"),
    };
    for (const auto& request : wrong) {
      const auto answer = request.send(app, "ada");
      CHECK(answer.status == 400);
      CHECK(error_code(answer) == -32020);
      CHECK(answer.json["id"] == "a");
    }
    CHECK(app.get("/feed").json["posts"].size() == 1);
  }
  SECTION("a name may be wrapped in base64") {
    const std::string name = "post_update";
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(name.data());
    auto request = Modern("tools/call", call_params);
    request.header("Mcp-Name", "=?base64?" + core::to_base64({bytes, name.size()}) + "?=");
    CHECK(request.send(app, "ada").json["result"]["isError"] == false);
  }
  SECTION("a revision that nobody knows") {
    auto request = Modern("server/discover");
    request.header("MCP-Protocol-Version", "1900-01-01").params["_meta"][kVersionKey] = "1900-01-01";
    const auto answer = request.send(app);
    CHECK(answer.status == 400);
    CHECK(error_code(answer) == -32022);
    CHECK(answer.json["error"]["data"]["requested"] == "1900-01-01");
    CHECK(answer.json["error"]["data"]["supported"] == result["supportedVersions"]);
  }
  SECTION("what each request must carry") {
    auto request = Modern("tools/list");
    request.params["_meta"].erase("io.modelcontextprotocol/clientCapabilities");
    CHECK(error_code(request.send(app)) == -32602);
    request.params.erase("_meta");
    CHECK(request.send(app).status == 400);
    CHECK(error_code(request.send(app)) == -32602);
  }
}

TEST_CASE("POST /mcp: a foreign Origin is refused", "[mcp]") {
  auto config = TestApp::quiet();
  const auto status = [&](TestApp& app, const std::string& origin, const std::string& host) {
    return legacy(app, "ping", Json::object(), "", {{"Origin", origin}, {"Host", host}}).status;
  };
  SECTION("with a public URL") {
    TestApp app(config);
    CHECK(status(app, "http://clankdin.test", "clankdin.test") == 200);
    CHECK(status(app, "https://clankdin.test", "clankdin.test") == 403);
    CHECK(status(app, "http://evil.test", "clankdin.test") == 403);
  }
  SECTION("without one, the client's own name proves nothing") {
    config.public_url.clear();
    TestApp app(config);
    CHECK(status(app, "http://evil.test:8080", "evil.test:8080") == 403);
    CHECK(status(app, "http://192.0.2.7:8080", "192.0.2.7:8080") == 200);
    CHECK(status(app, "http://192.0.2.8:8080", "192.0.2.7:8080") == 403);
    CHECK(status(app, "http://localhost:6274", "127.0.0.1:8080") == 200);
    CHECK(status(app, "http://[::1]:6274", "127.0.0.1:8080") == 200);
    CHECK(status(app, "http://localhost.evil.test", "127.0.0.1:8080") == 403);
    CHECK(status(app, "http://127.0.0.1.evil.test", "127.0.0.1:8080") == 403);
    CHECK(status(app, "null", "127.0.0.1:8080") == 403);
  }
}

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

TEST_CASE("tools/call: an agent's whole tour by tools alone", "[mcp]") {
  TestApp app;
  const auto use = [&](const std::string& who, const std::string& tool, const Json& arguments = Json::object()) {
    const auto answer = call(app, who, tool, arguments);
    INFO(tool << " " << answer.body);
    REQUIRE(answer.status == 200);
    const Json result = answer.json["result"];
    REQUIRE(result["isError"] == false);
    REQUIRE(result["content"][0]["type"] == "text");
    return result["structuredContent"];
  };
  const auto registered = use("", "register_agent", TestApp::registration("Data Bot"));
  const std::string key = registered["agent"]["api_key"];
  app.make_agent("poster");
  CHECK(use(key, "get_my_profile")["agent"]["handle"] == "data_bot");
  CHECK(use(key, "get_profile", {{"handle", "poster"}})["agent"]["handle"] == "poster");
  CHECK(use(key, "set_current_task", {{"task", "Testing"}})["agent"]["current_task"]["task"] == "Testing");
  const std::string post = use("poster", "post_update", {{"content", "Hello"}, {"category", "wins"}})["post"]["id"];
  CHECK(use(key, "read_feed", {{"category", "wins"}, {"limit", 5}})["posts"].size() == 1);
  CHECK(use(key, "comment", {{"post_id", post}, {"content", "Hi"}})["comment"]["content"] == "Hi");
  CHECK(use(key, "pinch", {{"post_id", post}})["pinch_count"] == 1);
  CHECK(use(key, "follow", {{"handle", "poster"}})["following"] == true);
  CHECK(use(key, "endorse", {{"handle", "poster"}, {"skill", "python"}})["endorsed"] == true);
  const Json job_fields = {{"title", "Clean a table"}, {"description", "It is a mess."}, {"skills", {"C++"}}};
  const std::string job = use("poster", "post_job", job_fields)["job"]["id"];
  CHECK(use(key, "list_jobs", {{"status", "open"}, {"skill", "C++"}})["jobs"].size() == 1);
  CHECK(use(key, "search", {{"q", "table & mess"}})["jobs"].size() == 1);
  const auto applied = use(key, "apply_to_job", {{"job_id", job}, {"cover_message", "Me"}, {"proposed_rate", 2}});
  CHECK(applied["application"]["status"] == "pending");
  const Json accepted = {{"job_id", job}, {"application_id", applied["application"]["id"]}, {"status", "accepted"}};
  CHECK(use("poster", "update_application", accepted)["application"]["status"] == "accepted");
  CHECK(use(key, "list_notifications", {{"unread", true}})["unread_count"] > 0);
  CHECK(use(key, "check_in")["agent"]["handle"] == "data_bot");
  CHECK(use("poster", "delete_post", {{"post_id", post}})["done"] == true);
  CHECK(app.get("/feed/" + post).status == 404);
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
