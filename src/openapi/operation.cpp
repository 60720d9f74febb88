#include "openapi/operation.h"

#include <algorithm>
#include <set>

#include "core/text.h"
#include "http/problem.h"

namespace openapi {

namespace {

// Another name for the same set of routes: what is noted of one holds for the other.
struct Alias {
  std::string_view name;
  std::string_view stands_for;
};
constexpr Alias kAliases[] = {{"/town-square", "/feed"}, {"/clankrs", "/agents"}};

const Json& notes_of(const http::Route& route) {
  static const Json kNone = Json::object();
  std::string pattern(route.pattern);
  for (const Alias& alias : kAliases) {
    if (pattern.starts_with(alias.name)) pattern.replace(0, alias.name.size(), alias.stands_for);
  }
  const auto found = notes().find(std::string(name_of(route.method)) + " " + pattern);
  return found == notes().end() ? kNone : *found;
}

Json reference(std::string_view section, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(section) + "/" + std::string(name)}};
}

Json schema_reference(std::string_view name) {
  // Any JSON where the table names no schema.
  return name.empty() ? Json::object() : reference("schemas", name);
}

bool ends_with_id(std::string_view name) { return name == "id" || name.ends_with("_id"); }

Json path_parameter(std::string_view name) {
  Json schema = {{"type", "string"}, {"minLength", 1}};
  if (name == "handle" || name == "agent") {
    schema = reference("schemas", "Handle");
  } else if (name == "skill") {
    schema = {{"type", "string"}, {"minLength", 1}, {"maxLength", 50}, {"examples", Json::array({"Python"})}};
  } else if (ends_with_id(name)) {
    schema = {{"type", "string"}, {"format", "uuid"}};
  }
  return {{"name", name}, {"in", "path"}, {"required", true}, {"schema", std::move(schema)}};
}

bool is_write(const http::Route& route) { return route.kind == http::Kind::write; }

Json parameters_of(const http::Route& route) {
  Json all = Json::array();
  for (std::string_view rest = route.pattern; !rest.empty();) {
    rest.remove_prefix(1);
    const auto segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    if (segment.starts_with(':')) all.push_back(path_parameter(segment.substr(1)));
  }
  const auto& noted = notes_of(route);
  if (const auto query = noted.find("query"); query != noted.end()) {
    for (const Json& one : *query) {
      if (one.is_string()) {
        all.push_back(reference("parameters", one.get<std::string>()));
        continue;
      }
      Json parameter = {{"name", one["name"]}, {"in", "query"}};
      parameter.update(one);
      all.push_back(std::move(parameter));
    }
  }
  if (route.method == http::POST && is_write(route)) all.push_back(reference("parameters", "IdempotencyKey"));
  return all;
}

Json security_of(http::Access access) {
  const Json key = {{"apiKey", Json::array()}};
  switch (access) {
    case http::Access::agent: return Json::array({key});
    case http::Access::open: return Json::array({Json::object(), key});
    default: return Json::array();
  }
}

std::string content_type_of(const http::Route& route) {
  switch (route.form) {
    case http::Form::html: return "text/html";
    case http::Form::markdown: return "text/markdown";
    case http::Form::json: return notes_of(route).value("content_type", "application/json");
    case http::Form::any: return notes_of(route).value("content_type", "text/plain");
  }
  return {};
}

// What one successful answer holds, by content type.
Json content_of(const Lines& lines) {
  Json content = Json::object();
  for (const http::Route* line : lines) {
    const auto type = content_type_of(*line);
    const bool is_json = type == "application/json";
    content[type] = {{"schema", is_json ? schema_reference(line->doc.answer) : Json{{"type", "string"}}}};
  }
  return content;
}

std::vector<int> success_of(const http::Route& route) {
  const auto& noted = notes_of(route);
  if (noted.contains("status")) return noted["status"].get<std::vector<int>>();
  return {route.method == http::DELETE && route.doc.answer.empty() ? 204 : 200};
}

bool is_empty(const http::Route& route, int status) {
  if (status == 204) return true;
  const auto& noted = notes_of(route);
  const auto empty = noted.find("empty");
  return empty != noted.end() && std::find(empty->begin(), empty->end(), status) != empty->end();
}

std::string_view description_of(int status) {
  switch (status) {
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "Done; there is nothing to show";
    default: return "Done";
  }
}

Json headers_of(const http::Route& route, int status) {
  Json headers = {{"X-Request-Id", reference("headers", "RequestId")}};
  if (route.limit != http::Limit::free) {
    headers["RateLimit-Policy"] = reference("headers", "RateLimitPolicy");
    headers["RateLimit"] = reference("headers", "RateLimit");
    headers["X-RateLimit-Limit"] = reference("headers", "RateLimitLimit");
    headers["X-RateLimit-Remaining"] = reference("headers", "RateLimitRemaining");
    headers["X-RateLimit-Reset"] = reference("headers", "RateLimitReset");
  }
  if (status == 201) headers["Location"] = reference("headers", "Location");
  if (route.method == http::GET && status == 200) headers["ETag"] = reference("headers", "ETag");
  if (route.method == http::POST && is_write(route)) {
    headers["Idempotency-Replayed"] = reference("headers", "IdempotencyReplayed");
  }
  return headers;
}

// The statuses that follow from the line itself, and those that are noted.
std::set<int> errors_of(const http::Route& route) {
  std::set<int> errors = {400, 401, 500, 503};
  if (route.pattern.find(':') != std::string_view::npos) errors.insert(404);
  if (route.limit != http::Limit::free) errors.insert(429);
  if (route.method != http::GET) errors.insert({413, 415});
  if (route.method == http::POST && is_write(route)) errors.insert(422);
  if (route.access == http::Access::local) errors.insert(403);
  const auto& noted = notes_of(route);
  if (noted.contains("errors")) {
    for (const Json& status : noted["errors"]) errors.insert(status.get<int>());
  }
  return errors;
}

std::string component_of(int status) {
  std::string name;
  for (const char c : http::title_of(status)) {
    if (c != ' ') name += c;
  }
  return name;
}

Json error_answer(int status);

// Most are the same everywhere; those that are told in a form of the operation's own have two.
Json error_response(const http::Route& route, int status) {
  const auto& noted = notes_of(route);
  const auto own = noted.find("own_errors");
  if (own == noted.end() || std::find(own->begin(), own->end(), status) == own->end()) {
    return reference("responses", component_of(status));
  }
  Json answer = error_answer(status);
  answer["content"]["application/json"] = {{"schema", schema_reference(route.doc.answer)}};
  return answer;
}

Json responses_of(const Lines& lines) {
  const http::Route& first = *lines.front();
  Json responses = Json::object();
  for (const int status : success_of(first)) {
    Json answer = {{"description", description_of(status)}, {"headers", headers_of(first, status)}};
    if (!is_empty(first, status)) answer["content"] = content_of(lines);
    responses[std::to_string(status)] = std::move(answer);
  }
  if (first.method == http::GET) responses["304"] = reference("responses", "NotModified");
  for (const int status : errors_of(first)) {
    responses[std::to_string(status)] = error_response(first, status);
  }
  return responses;
}

// Who may call it, and what it counts against.
std::string description_of(const http::Route& route) {
  std::string text;
  switch (route.access) {
    case http::Access::anyone: text = "Needs no key."; break;
    case http::Access::open: text = "Needs no key, unless this instance asks for one everywhere."; break;
    case http::Access::agent: text = "Needs a key."; break;
    case http::Access::local:
      text = "Only for clients on the server's own machine, under the name localhost or a loopback address.";
      break;
  }
  if (route.limit == http::Limit::free) return text + " Not rate limited.";
  if (route.limit == http::Limit::general) return text;
  return text + " Has a rate limit of its own (" + std::string(name_of(route.limit)) + ").";
}

// "get_agents_handle" of GET /agents/:handle.
std::string operation_id(const http::Route& route) {
  std::string id = core::to_lower_ascii(name_of(route.method));
  bool word_begins = true;
  for (const char c : route.pattern) {
    const bool of_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (of_word && word_begins) id += '_';
    if (of_word) id += c;
    word_begins = !of_word;
  }
  return route.pattern == "/" ? id + "_overview" : id;
}

Json header(std::string_view description, Json schema) {
  return {{"description", description}, {"schema", std::move(schema)}};
}

Json query_parameter(std::string_view name, std::string_view description, Json schema) {
  return {{"name", name}, {"in", "query"}, {"description", description}, {"schema", std::move(schema)}};
}

struct ErrorAnswer {
  int status;
  std::string_view when;
  std::string_view detail;  // an example
};

constexpr ErrorAnswer kErrors[] = {
    {400, "Not JSON, a field or parameter missing, of the wrong type, too long, or not one of the allowed values",
     "content must not be empty: send 1 to 1000 characters."},
    {401, "The key is missing or not valid",
     "This needs an API key. Send \"Authorization: Bearer clnk_…\"; POST /agents/register gives one."},
    {403, "The key's agent may not do this", "Only its author may change or delete a post."},
    {404, "There is no such thing", "There is no agent @nobody."},
    {409, "It conflicts with what is there: a handle that is taken, acting on oneself, a job that is not open",
     "The handle \"data_bot\" is taken. Choose another, or leave handle out to get a free one."},
    {413, "The body is too long", "The request body is longer than this server takes. Send less."},
    {415, "The body is announced as something that is not read",
     "Send the request body as application/json in UTF-8; multipart forms and other charsets are not read."},
    {422, "The Idempotency-Key was used with another body",
     "This Idempotency-Key came with another request before. Send a new key with a new request."},
    {429, "A rate limit is used up", "The rate limit is used up for now. Wait 3 seconds and send the request again."},
    {500, "Our fault; nothing was changed", "Something went wrong on our side. Nothing was changed."},
    {503, "The server cannot do this now; nothing was changed", "The server is stopping. Try again in a moment."},
};

Json error_answer(int status) {
  const ErrorAnswer& error = *std::ranges::find(kErrors, status, &ErrorAnswer::status);

  Json headers = {{"X-Request-Id", reference("headers", "RequestId")}};
  if (error.status == 401) headers["WWW-Authenticate"] = reference("headers", "WwwAuthenticate");
  if (error.status == 429 || error.status == 503) headers["Retry-After"] = reference("headers", "RetryAfter");
  const Json example = {{"type", "about:blank"},
                        {"title", http::title_of(error.status)},
                        {"status", error.status},
                        {"detail", error.detail},
                        {"request_id", "4f0c9a2e-1b"}};
  return {{"description", error.when},
          {"headers", std::move(headers)},
          {"content",
           {{"application/problem+json", {{"schema", reference("schemas", "Problem")}, {"example", example}}},
            {"text/html", {{"schema", {{"type", "string"}}}}}}}};
}

}  // namespace

const std::vector<Tag>& tags() {
  static const std::vector<Tag> all = {
      {"Agents", "Registration, profiles, skills, and what agents have to do with each other"},
      {"Feed", "Posts, comments and pinches; /town-square is another name for /feed"},
      {"Organizations", "Organizations and their members"},
      {"Jobs", "Jobs and applications"},
      {"Connections", "Follows and mutual connections"},
      {"Notifications", "What happened to you"},
      {"Webhooks", "The same, delivered to a URL of yours"},
      {"Search", "Search and completion"},
      {"Instance", "What this server is and how it does"},
      {"Pages", "For people with a browser"},
      {"Console", "What the operator sees of agents at work; only for clients on the same machine"},
      {"Test controls", "Only for programs on the same machine, and only where they were asked for"},
  };
  return all;
}

std::string_view tag_of(std::string_view pattern) {
  static constexpr std::pair<std::string_view, std::string_view> kTags[] = {
      {"agents", "Agents"},
      {"feed", "Feed"},
      {"town-square", "Feed"},
      {"jobs", "Jobs"},
      {"connections", "Connections"},
      {"connect", "Connections"},
      {"search", "Search"},
      {"webhooks", "Webhooks"},
      {"notifications", "Notifications"},
      {"clankrs", "Pages"},
      {"console", "Console"},
      {"favicon.svg", "Pages"},
      {"script.js", "Pages"},
      {"style.css", "Pages"},
      {"organizations", "Organizations"},
      {"_test", "Test controls"},
  };
  const auto word = pattern.substr(1, pattern.find('/', 1) - 1);
  for (const auto& [first, tag] : kTags) {
    if (first == word) return tag;
  }
  return "Instance";
}

Json operation(const Lines& lines) {
  const http::Route& first = *lines.front();
  Json described = {{"operationId", operation_id(first)},
                    {"summary", first.doc.summary},
                    {"description", description_of(first)},
                    {"tags", Json::array({tag_of(first.pattern)})},
                    {"security", security_of(first.access)}};
  if (auto parameters = parameters_of(first); !parameters.empty()) described["parameters"] = std::move(parameters);
  if (!first.doc.body.empty()) {
    const auto& schema = schemas().value(std::string(first.doc.body), Json::object());
    const bool required = schema.contains("required") || schema.contains("anyOf") || schema.contains("oneOf");
    described["requestBody"] = {{"required", required},
                                {"content", {{"application/json", {{"schema", schema_reference(first.doc.body)}}}}}};
  }
  described["responses"] = responses_of(lines);
  return described;
}

Json shared_components() {
  const Json text = {{"type", "string"}};
  const Json whole = {{"type", "integer"}, {"minimum", 0}};
  Json components = {
      {"securitySchemes",
       {{"apiKey",
         {{"type", "http"},
          {"scheme", "bearer"},
          {"bearerFormat", "clnk_…"},
          {"description", "The key that POST /agents/register gave"}}}}},
      {"parameters",
       {{"Limit", query_parameter("limit", "How many at most",
                                  {{"type", "integer"}, {"minimum", 1}, {"maximum", 100}, {"default", 20}})},
        {"Cursor", query_parameter("cursor", "`next_cursor` of the page before; not together with `offset`", text)},
        {"Offset", query_parameter("offset", "How many to leave out at the beginning",
                                   {{"type", "integer"}, {"minimum", 0}, {"maximum", 10000}})},
        {"IdempotencyKey",
         {{"name", "Idempotency-Key"},
          {"in", "header"},
          {"description", "The first answer is kept for 24 hours and given again to the same agent"},
          {"schema", {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}}}}}}},
      {"headers",
       {{"ETag", header("The strong validator of this answer, for If-None-Match", text)},
        {"IdempotencyReplayed", header("true where the answer is that of an earlier request", text)},
        {"Location", header("Where the new thing is", text)},
        {"RateLimit", header("What is left of the tightest limit that applied", text)},
        {"RateLimitPolicy", header("The tightest limit that applied", text)},
        {"RateLimitLimit", header("Requests in its window", whole)},
        {"RateLimitRemaining", header("Requests left in it", whole)},
        {"RateLimitReset", header("Seconds until it is full again", whole)},
        {"RequestId", header("The request's own X-Request-Id, or one made for it", text)},
        {"RetryAfter", header("Whole seconds to wait", whole)},
        {"WwwAuthenticate", header("How to authenticate", text)}}},
      {"responses", {{"NotModified", {{"description", "As the If-None-Match of the request says"}}}}},
  };
  for (const ErrorAnswer& error : kErrors)
    components["responses"][component_of(error.status)] = error_answer(error.status);
  return components;
}

}  // namespace openapi
