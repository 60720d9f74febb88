// JSON-RPC 2.0 messages as the protocol's revisions have them.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "http/reply.h"
#include "http/request.h"
#include "openapi/document.h"

namespace mcp {

using openapi::Json;

inline constexpr std::string_view kModern = "2026-07-28";
inline constexpr std::string_view kNewestLegacy = "2025-11-25";
// The revisions with a handshake, and those that take several messages in one list.
[[nodiscard]] bool is_legacy(std::string_view version);
inline constexpr std::string_view kBatches = "2025-03-26";
// Every revision that is spoken, newest first.
[[nodiscard]] const std::vector<std::string_view>& versions();

// JSON-RPC's own codes, and those of revision 2026-07-28.
inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kHeaderMismatch = -32020;
inline constexpr int kUnsupportedVersion = -32022;

// A request that cannot be answered with a result.
struct Refusal {
  int code;
  std::string message;
  int http_status = 200;
  Json data = nullptr;
};

struct Message {
  Json id = nullptr;   // null: a notification or a response
  std::string method;  // empty: a response
  Json params = Json::object();
  bool modern = false;  // spoken as revision 2026-07-28

  [[nodiscard]] bool wants_answer() const { return !id.is_null(); }
};

// The message that `value` is, as its revision wants it; `id` gets the id as soon as it is known. Throws Refusal.
[[nodiscard]] Message read_message(const Json& value, const http::Request& request, Json& id);

// {"jsonrpc", "id", "result"}; `result` is JSON text.
[[nodiscard]] std::string result_text(const Message& message, std::string_view result);
// {"jsonrpc", "id", "error"}. An id that is not known is null, as JSON-RPC has it; revision 2026-07-28 has it left out.
[[nodiscard]] std::string error_text(const Json& id, const Refusal& refusal, const http::Request& request);

}  // namespace mcp
