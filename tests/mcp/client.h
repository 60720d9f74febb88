// Clients of POST /mcp, of both eras.
#pragma once

#include <string>

#include "support/test_app.h"

inline constexpr auto kVersionKey = "io.modelcontextprotocol/protocolVersion";

// A client of the older revisions.
inline Answer legacy(TestApp& app, const std::string& method, const Json& params = Json::object(),
                     const std::string& who = "",
                     const TestApp::Headers& headers = {{"MCP-Protocol-Version", "2025-11-25"}}) {
  return app.post("/mcp", who, {{"jsonrpc", "2.0"}, {"id", 7}, {"method", method}, {"params", params}}, headers);
}

inline Answer call(TestApp& app, const std::string& who, const std::string& tool,
                   const Json& arguments = Json::object()) {
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

inline int error_code(const Answer& answer) { return answer.json["error"]["code"]; }
