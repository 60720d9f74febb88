#include "mcp/message.h"

#include <algorithm>

#include "core/crypto.h"
#include "core/json_writer.h"

namespace mcp {

namespace {

constexpr std::string_view kVersionKey = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view kCapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";

Refusal mismatch(std::string message) { return {kHeaderMismatch, "Header mismatch: " + std::move(message), 400}; }

Refusal unsupported(std::string_view version) {
  Json supported = Json::array();
  for (const auto one : versions()) supported.push_back(one);
  return {kUnsupportedVersion,
          "Unsupported protocol version",
          400,
          {{"supported", std::move(supported)}, {"requested", version}}};
}

// A header's value without the wrapping for what is not plain ASCII. Throws Refusal where it is malformed.
std::string unwrapped(std::string_view name, std::string_view value) {
  constexpr std::string_view kBegin = "=?base64?";
  constexpr std::string_view kEnd = "?=";
  const bool plain = std::ranges::all_of(value, [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
  if (!plain) throw mismatch(std::string(name) + " holds invalid characters");
  if (!value.starts_with(kBegin) || !value.ends_with(kEnd) || value.size() < kBegin.size() + kEnd.size()) {
    return std::string(value);
  }
  auto decoded = core::from_base64(value.substr(kBegin.size(), value.size() - kBegin.size() - kEnd.size()));
  if (!decoded) throw mismatch(std::string(name) + " is not valid base64");
  return std::move(*decoded);
}

void check_header(const http::Request& request, std::string_view lower_name, std::string_view name,
                  const std::string& expected) {
  const auto header = request.header(lower_name);
  if (!header) throw mismatch(std::string(name) + " is missing; it must be '" + expected + "'");
  const auto value = unwrapped(name, *header);
  if (value != expected) {
    throw mismatch(std::string(name) + " header value '" + value + "' does not match body value '" + expected + "'");
  }
}

// What revision 2026-07-28 wants of each notification: headers that say what the body says.
void check_modern_notification(const Message& message, const http::Request& request, const Json& meta) {
  const auto version = meta.value(std::string(kVersionKey), Json(kModern));
  if (version.is_string()) check_header(request, "mcp-protocol-version", "MCP-Protocol-Version", version);
  check_header(request, "mcp-method", "Mcp-Method", message.method);
}

// What it wants of each request.
void check_modern(const Message& message, const http::Request& request, const Json& meta) {
  const auto version = meta.find(kVersionKey);
  if (version == meta.end() || !version->is_string()) {
    throw Refusal{kInvalidParams, "params._meta must carry " + std::string(kVersionKey), 400};
  }
  check_header(request, "mcp-protocol-version", "MCP-Protocol-Version", version->get<std::string>());
  if (*version != kModern) throw unsupported(version->get<std::string>());
  const auto capabilities = meta.find(kCapabilitiesKey);
  if (capabilities == meta.end() || !capabilities->is_object()) {
    throw Refusal{kInvalidParams, "params._meta must carry " + std::string(kCapabilitiesKey), 400};
  }
  check_header(request, "mcp-method", "Mcp-Method", message.method);
  if (message.method != "tools/call") return;
  const auto name = message.params.find("name");
  if (name == message.params.end() || !name->is_string()) {
    throw Refusal{kInvalidParams, "params.name must be the tool's name", 400};
  }
  check_header(request, "mcp-name", "Mcp-Name", name->get<std::string>());
}

bool is_id(const Json& id) { return id.is_string() || id.is_number_integer(); }

}  // namespace

bool is_legacy(std::string_view version) { return version != kModern && std::ranges::count(versions(), version) > 0; }

const std::vector<std::string_view>& versions() {
  static const std::vector<std::string_view> all = {kModern, kNewestLegacy, "2025-06-18", kBatches};
  return all;
}

Message read_message(const Json& value, const http::Request& request, Json& id) {
  if (!value.is_object()) throw Refusal{kInvalidRequest, "A message must be a JSON object", 400};
  Message message;
  if (const auto given = value.find("id"); given != value.end()) {
    if (!is_id(*given)) throw Refusal{kInvalidRequest, "id must be a string or a whole number", 400};
    id = *given;
  }
  const auto jsonrpc = value.find("jsonrpc");
  if (jsonrpc == value.end() || *jsonrpc != "2.0") throw Refusal{kInvalidRequest, "jsonrpc must be \"2.0\"", 400};
  const auto method = value.find("method");
  if (method == value.end()) {
    const bool is_response = value.contains("result") || value.contains("error");
    if (!is_response) throw Refusal{kInvalidRequest, "method is missing", 400};
    if (request.header("mcp-protocol-version") == kModern) {
      throw Refusal{kInvalidRequest, "This revision has no responses from clients: send a request", 400};
    }
    return message;
  }
  if (!method->is_string()) throw Refusal{kInvalidRequest, "method must be a string", 400};
  message.method = method->get<std::string>();
  message.id = id;
  if (const auto params = value.find("params"); params != value.end()) {
    if (!params->is_object()) throw Refusal{kInvalidParams, "params must be an object", 400};
    message.params = *params;
  }

  const auto meta = message.params.find("_meta");
  const bool has_meta = meta != message.params.end() && meta->is_object();
  const auto header = request.header("mcp-protocol-version");
  message.modern = header == kModern;
  if (has_meta && meta->contains(kVersionKey)) {
    const Json& own = (*meta)[std::string(kVersionKey)];
    message.modern = message.modern || !own.is_string() || !is_legacy(own.get<std::string>()) || header != own;
  }
  if (message.modern) {
    const Json own = has_meta ? *meta : Json::object();
    message.wants_answer() ? check_modern(message, request, own) : check_modern_notification(message, request, own);
  } else if (header && !is_legacy(*header)) {
    throw unsupported(*header);
  }
  return message;
}

std::string result_text(const Message& message, std::string_view result) {
  core::JsonWriter json(result.size() + 128);
  json.begin_object().field("jsonrpc", "2.0").raw_field("id", message.id.dump()).raw_field("result", result);
  json.end_object();
  return json.take();
}

std::string error_text(const Json& id, const Refusal& refusal, const http::Request& request) {
  core::JsonWriter json(256);
  json.begin_object().field("jsonrpc", "2.0");
  const bool left_out = id.is_null() && request.header("mcp-protocol-version") == kModern;
  if (!left_out) json.raw_field("id", id.dump());
  json.key("error").begin_object();
  json.field("code", refusal.code).field("message", refusal.message);
  if (!refusal.data.is_null()) json.raw_field("data", refusal.data.dump());
  json.end_object().end_object();
  return json.take();
}

}  // namespace mcp
