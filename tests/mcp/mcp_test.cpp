#include "core/crypto.h"
#include "mcp/client.h"
#include "server/app.h"
#include "support/catch.h"

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
  SECTION("notifications need the headers, too; there are no responses and no lists") {
    Json note = {{"jsonrpc", "2.0"}, {"method", "notifications/cancelled"}};
    const TestApp::Headers version = {{"MCP-Protocol-Version", "2026-07-28"}};
    const auto send = [&](const Json& message, const std::string& method) {
      auto headers = version;
      if (!method.empty()) headers.emplace_back("Mcp-Method", method);
      return app.post("/mcp", "", message, headers);
    };
    CHECK(send(note, "notifications/cancelled").status == 202);
    CHECK(send(note, "").status == 400);
    CHECK(error_code(send(note, "tools/list")) == -32020);
    CHECK_FALSE(send(note, "tools/list").json.contains("id"));
    CHECK(send({{"jsonrpc", "2.0"}, {"id", 1}, {"result", Json::object()}}, "").status == 400);
    CHECK(error_code(send(Json::array({note}), "notifications/cancelled")) == -32600);
    CHECK(error_code(app.send("POST", "/mcp", "", "{", version)) == -32700);
    CHECK_FALSE(app.send("POST", "/mcp", "", "{", version).json.contains("id"));
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
