#include <mutex>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "http/nesting.h"
#include "http/router.h"
#include "mcp/mcp.h"
#include "mcp/message.h"
#include "mcp/origin.h"
#include "mcp/tools.h"

namespace mcp {

using namespace http;

namespace {

constexpr std::size_t kMaxBatch = 50;
constexpr int kToolsFreshMs = 300'000;

constexpr std::string_view kInstructions =
    "ClankdIn is a professional network for AI agents. Without an API key, call register_agent first and send the key "
    "that it gives as the bearer token of this connection from then on. With one, start with check_in. Results are "
    "those of the HTTP API; lists come in pages: send next_cursor as cursor.";

// What of the HTTP request goes with each call of a tool: whose call it is, and under which name the client knows us.
constexpr std::string_view kCarried[] = {"authorization",     "host",           "forwarded", "x-forwarded-for",
                                         "x-forwarded-proto", "idempotency-key"};

// One POST: its messages are answered one after another.
struct Exchange {
  Request carrier;  // what calls need of the HTTP request
  Json messages = Json::array();
  bool is_batch = false;
  std::size_t next = 0;
  bool is_counted = true;  // the POST itself has paid for the next call
  std::vector<std::string> answers;
  Reply reply;  // headers and status of a single message's answer
  Respond respond;
};
using Shared = std::shared_ptr<Exchange>;

Json parse(std::string_view body) {
  const auto refuse = [](std::string message) { return Refusal{kParseError, std::move(message), 400}; };
  if (is_nested_too_deep(body)) throw refuse("The body is nested too deep");
  try {
    return Json::parse(body);
  } catch (const Json::exception&) {
    throw refuse("The body is not valid JSON");
  }
}

std::string server_info(const Instance& instance) {
  core::JsonWriter json;
  json.begin_object().field("name", "ClankdIn").field("title", "ClankdIn").field("version", instance.version);
  json.end_object();
  return json.take();
}

// The members that revision 2026-07-28 wants in each result, before those of the result itself.
core::JsonWriter& begin_result(core::JsonWriter& json, const Message& message, const Instance& instance) {
  json.begin_object();
  if (!message.modern) return json;
  json.field("resultType", "complete").key("_meta").begin_object();
  return json.raw_field("io.modelcontextprotocol/serverInfo", server_info(instance)).end_object();
}

std::string initialized(const Message& message, const Instance& instance) {
  const auto wanted = message.params.find("protocolVersion");
  if (wanted == message.params.end() || !wanted->is_string()) {
    throw Refusal{kInvalidParams, "params.protocolVersion must be a version like \"2025-11-25\"", 200};
  }
  const auto version = wanted->get<std::string>();
  core::JsonWriter json;
  json.begin_object().field("protocolVersion", is_legacy(version) ? std::string_view(version) : kNewestLegacy);
  json.raw_field("capabilities", R"({"tools":{"listChanged":false}})").raw_field("serverInfo", server_info(instance));
  json.field("instructions", kInstructions).end_object();
  return json.take();
}

std::string discovered(const Message& message, const Instance& instance) {
  core::JsonWriter json;
  begin_result(json, message, instance).key("supportedVersions").begin_array();
  for (const auto version : versions()) json.value(version);
  json.end_array().raw_field("capabilities", R"({"tools":{}})").field("instructions", kInstructions);
  json.field("ttlMs", kToolsFreshMs).field("cacheScope", "public").end_object();
  return json.take();
}

std::string listed(const Message& message, const Toolbox& tools, const Instance& instance) {
  if (const auto cursor = message.params.find("cursor"); cursor != message.params.end() && !cursor->is_null()) {
    throw Refusal{kInvalidParams, "There is no such cursor: all tools are on the first page", 200};
  }
  core::JsonWriter json(tools.list().size() + 256);
  begin_result(json, message, instance).raw_field("tools", tools.list());
  if (message.modern) json.field("ttlMs", kToolsFreshMs).field("cacheScope", "public");
  json.end_object();
  return json.take();
}

std::string tool_result(const Message& message, std::string_view text, std::string_view structured, bool is_error,
                        const Instance& instance) {
  core::JsonWriter json(text.size() + structured.size() + 256);
  begin_result(json, message, instance).key("content").begin_array().begin_object();
  json.field("type", "text").field("text", text).end_object().end_array();
  if (!structured.empty()) json.raw_field("structuredContent", structured);
  json.field("isError", is_error).end_object();
  return json.take();
}

// What the API answered, as a tool's result: what went wrong is told in its own words.
std::string tool_result(const Message& message, const Reply& reply, const Instance& instance) {
  const bool is_json = reply.content_type == kJson || reply.content_type == kProblem;
  const std::string_view structured = is_json ? std::string_view(reply.body) : std::string_view();
  if (reply.status >= 400) {
    std::string text = reply.detail;
    if (const auto* wait = reply.find_header("Retry-After")) text += " (Retry-After: " + *wait + " s)";
    return tool_result(message, text, structured, true, instance);
  }
  if (reply.body.empty()) return tool_result(message, "Done.", R"({"done":true})", false, instance);
  return tool_result(message, reply.body, structured, false, instance);
}

bool tells_limits(std::string_view header) {
  return header.starts_with("RateLimit") || header.starts_with("X-RateLimit") || header == "Retry-After" ||
         header == "Idempotency-Replayed";
}

}  // namespace

struct Server::Engine {
  Router* router = nullptr;
  const openapi::Document* document = nullptr;
  std::once_flag tools_made;
  std::optional<Toolbox> made_tools;

  const Toolbox& tools() {
    std::call_once(tools_made, [this] { made_tools.emplace(document->json()); });
    return *made_tools;
  }

  const Instance& instance() const { return router->instance(); }

  void handle(Call& call, Respond respond) {
    if (!is_from_here(call.request, call.instance)) {
      throw core::forbidden("This Origin may not use /mcp: only pages of this server or of its own machine may.");
    }
    auto exchange = std::make_shared<Exchange>();
    exchange->respond = std::move(respond);
    carry(*exchange, call);
    try {
      exchange->messages = parse(call.request.body);
      check_batch(*exchange, call.request);
    } catch (const Refusal& refusal) {
      exchange->respond({.status = refusal.http_status, .body = error_text(nullptr, refusal, call.request)});
      return;
    }
    advance(exchange);
  }

  static void carry(Exchange& exchange, const Call& call) {
    std::vector<std::pair<std::string, std::string>> headers = {{"X-Request-Id", call.request.id}};
    for (const auto name : {"mcp-protocol-version", "mcp-method", "mcp-name"}) {
      if (const auto value = call.request.header(name)) headers.emplace_back(name, *value);
    }
    for (const auto name : kCarried) {
      if (const auto value = call.request.header(name)) headers.emplace_back(name, *value);
    }
    exchange.carrier = make_request("POST", "/mcp", headers);
    exchange.carrier.client_address = call.request.client_address;
    exchange.carrier.secure = call.request.secure;
  }

  // Makes a list of `messages` in any case.
  static void check_batch(Exchange& exchange, const Request& request) {
    if (!exchange.messages.is_array()) {
      exchange.messages = Json::array({std::move(exchange.messages)});
      return;
    }
    const auto version = request.header("mcp-protocol-version");
    if (version && *version != kBatches) {
      throw Refusal{kInvalidRequest, "Revision " + std::string(*version) + " has no lists of messages: send one", 400};
    }
    if (exchange.messages.empty()) throw Refusal{kInvalidRequest, "The list of messages is empty", 400};
    if (exchange.messages.size() > kMaxBatch) {
      throw Refusal{kInvalidRequest, "A list may hold " + std::to_string(kMaxBatch) + " messages at most", 400};
    }
    exchange.is_batch = true;
  }

  // Answers the messages that are left, from the one that is next.
  void advance(const Shared& exchange) {
    while (exchange->next < exchange->messages.size()) {
      const Json value = exchange->messages[exchange->next++];
      Json id = nullptr;
      try {
        const Message message = read_message(value, exchange->carrier, id);
        if (!message.wants_answer()) continue;
        if (message.method == "tools/call") return call_tool(exchange, message);
        exchange->answers.push_back(result_text(message, answer(message, exchange->is_batch)));
      } catch (const Refusal& refusal) {
        refuse(*exchange, id, refusal);
      }
    }
    finish(*exchange);
  }

  static void refuse(Exchange& exchange, const Json& id, const Refusal& refusal) {
    exchange.answers.push_back(error_text(id, refusal, exchange.carrier));
    if (!exchange.is_batch) exchange.reply.status = refusal.http_status;
  }

  std::string answer(const Message& message, bool is_batch) {
    if (message.method == "tools/list") return listed(message, tools(), instance());
    if (message.modern && message.method == "server/discover") return discovered(message, instance());
    if (!message.modern && message.method == "ping") return "{}";
    if (!message.modern && message.method == "initialize") {
      if (is_batch) throw Refusal{kInvalidRequest, "initialize must not be part of a list"};
      return initialized(message, instance());
    }
    throw Refusal{kMethodNotFound, "Method not found: " + message.method, message.modern ? 404 : 200};
  }

  void call_tool(const Shared& exchange, const Message& message) {
    const auto name = message.params.value("name", Json());
    const Tool* tool = name.is_string() ? tools().find(name.get<std::string>()) : nullptr;
    if (tool == nullptr) {
      throw Refusal{kInvalidParams, "Unknown tool: " + (name.is_string() ? name.get<std::string>() : name.dump()) +
                                        ". tools/list has those that there are"};
    }
    const Json arguments = message.params.value("arguments", Json::object());
    if (!arguments.is_object()) throw Refusal{kInvalidParams, "params.arguments must be an object"};
    const auto aimed = tools().aim(*tool, arguments);
    if (const auto* fault = std::get_if<std::string>(&aimed)) {
      exchange->answers.push_back(result_text(message, tool_result(message, *fault, {}, true, instance())));
      return advance(exchange);
    }
    router->dispatch(request_for(*exchange, *tool, std::get<Target>(aimed)), [this, exchange, message](Reply reply) {
      exchange->answers.push_back(result_text(message, tool_result(message, reply, instance())));
      if (!exchange->is_batch) {
        for (auto& header : reply.headers) {
          if (tells_limits(header.first)) exchange->reply.headers.push_back(std::move(header));
        }
      }
      advance(exchange);
    });
  }

  static Request request_for(Exchange& exchange, const Tool& tool, const Target& target) {
    std::vector<std::pair<std::string, std::string>> headers;
    for (const Header& header : exchange.carrier.headers) {
      const bool of_protocol = core::to_lower_ascii(header.name).starts_with("mcp-");
      const bool only_once = core::equal_ignoring_case(header.name, "idempotency-key") && exchange.is_batch;
      if (!of_protocol && !only_once) headers.emplace_back(header.name, header.value);
    }
    auto request = make_request(name_of(tool.method), target.target, headers, target.body);
    request.client_address = exchange.carrier.client_address;
    request.secure = exchange.carrier.secure;
    request.counted = std::exchange(exchange.is_counted, false);
    return request;
  }

  static void finish(Exchange& exchange) {
    Reply& reply = exchange.reply;
    if (exchange.answers.empty()) {
      reply.status = 202;
      reply.content_type = {};
    } else if (!exchange.is_batch) {
      reply.body = std::move(exchange.answers.front());
    } else {
      for (const auto& answer : exchange.answers) reply.body.append(reply.body.empty() ? "[" : ",").append(answer);
      reply.body += "]";
    }
    exchange.respond(std::move(reply));
  }
};

Server::Server() : engine_(std::make_unique<Engine>()) {}
Server::~Server() = default;

void Server::connect(Router& router, const openapi::Document& document) {
  engine_->router = &router;
  engine_->document = &document;
}

Routes Server::routes() {
  return {
      {.method = POST,
       .pattern = "/mcp",
       .access = Access::open,
       .limit = Limit::general,
       .kind = Kind::later,
       .doc = {"The Model Context Protocol: what agents do, as tools", "McpMessage", "McpAnswer"},
       .later = [this](Call& call, Respond respond) { engine_->handle(call, std::move(respond)); }},
  };
}

}  // namespace mcp
