#include "mcp/tools.h"

#include <algorithm>

#include "core/text.h"

namespace mcp {

namespace {

// The schema with what it refers to in its place: a tool's schema stands alone.
Json expanded(const Json& document, const Json& schema) {
  if (!schema.is_structured()) return schema;
  if (schema.is_array()) {
    Json list = Json::array();
    for (const Json& item : schema) list.push_back(expanded(document, item));
    return list;
  }
  if (const auto reference = schema.find("$ref"); reference != schema.end()) {
    return expanded(document, document.at(Json::json_pointer(reference->get<std::string>().substr(1))));
  }
  Json object = Json::object();
  for (const auto& [name, value] : schema.items()) object[name] = expanded(document, value);
  return object;
}

const Json& resolve(const Json& document, const Json& part) {
  const auto reference = part.find("$ref");
  if (reference == part.end()) return part;
  return document.at(Json::json_pointer(reference->get<std::string>().substr(1)));
}

const Json* operation_of(const Json& document, const Tool& tool) {
  const auto path = document["paths"].find(openapi::path_of(tool.pattern));
  if (path == document["paths"].end()) return nullptr;
  const auto operation = path->find(core::to_lower_ascii(name_of(tool.method)));
  return operation == path->end() ? nullptr : &*operation;
}

Json argument_schema(const Json& document, const Json& parameter) {
  Json schema = expanded(document, parameter["schema"]);
  if (parameter.contains("description")) schema["description"] = parameter["description"];
  return schema;
}

const Json* body_schema(const Json& document, const Json& operation) {
  const auto body = operation.find("requestBody");
  if (body == operation.end()) return nullptr;
  return &resolve(document, (*body)["content"]["application/json"]["schema"]);
}

Json input_schema(const Json& document, const Json& operation, const Tool& tool) {
  Json properties = Json::object();
  Json required = Json::array();
  std::size_t in_path = 0;
  for (const Json& one : operation.value("parameters", Json::array())) {
    const Json& parameter = resolve(document, one);
    const auto where = parameter["in"].get<std::string>();
    if (where == "header") continue;
    const auto name =
        where == "path" ? std::string(tool.path_arguments.at(in_path++)) : parameter["name"].get<std::string>();
    properties[name] = argument_schema(document, parameter);
    if (parameter.value("required", false)) required.push_back(name);
  }
  if (const Json* body = body_schema(document, operation)) {
    const Json whole = expanded(document, *body);
    properties.update(whole["properties"]);
    for (const Json& name : whole.value("required", Json::array())) required.push_back(name);
  }
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

Json annotations(const Tool& tool) {
  static constexpr std::string_view kRepeatable[] = {"/pinch", "/follow",   "/endorse", "/back",
                                                     "/read",  "/read-all", "/dismiss"};
  const bool again_is_the_same =
      tool.method != http::POST ||
      std::ranges::any_of(kRepeatable, [&](std::string_view end) { return tool.pattern.ends_with(end); });
  return {{"readOnlyHint", tool.effect == Effect::reads},
          {"destructiveHint", tool.effect == Effect::removes},
          {"idempotentHint", again_is_the_same},
          {"openWorldHint", false}};
}

// "Apply to job" of apply_to_job.
std::string title_of(std::string_view name) {
  std::string title(name);
  std::replace(title.begin(), title.end(), '_', ' ');
  title.front() = static_cast<char>(title.front() - 'a' + 'A');
  return title;
}

// A parameter's text, or nothing for what is none.
std::optional<std::string> text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean() || value.is_number()) return value.dump();
  return std::nullopt;
}

}  // namespace

Toolbox::Toolbox(const Json& document) {
  Json list = Json::array();
  for (const Tool& tool : all_tools()) {
    const Json* operation = operation_of(document, tool);
    if (operation == nullptr) continue;
    Entry entry{&tool, {}, body_schema(document, *operation) != nullptr};
    for (const Json& one : operation->value("parameters", Json::array())) {
      const Json& parameter = resolve(document, one);
      if (parameter["in"] == "query") entry.query.push_back(parameter["name"]);
    }
    entries_.emplace(tool.name, std::move(entry));
    list.push_back({{"name", tool.name},
                    {"title", title_of(tool.name)},
                    {"description", tool.description},
                    {"inputSchema", input_schema(document, *operation, tool)},
                    {"annotations", annotations(tool)}});
  }
  list_ = list.dump();
}

const Tool* Toolbox::find(std::string_view name) const {
  const auto entry = entries_.find(name);
  return entry == entries_.end() ? nullptr : entry->second.tool;
}

std::variant<Target, std::string> Toolbox::aim(const Tool& tool, const Json& arguments) const {
  const Entry& entry = entries_.find(tool.name)->second;
  Json rest = arguments;
  Target aimed;
  std::size_t in_path = 0;
  for (std::string_view pattern = tool.pattern; !pattern.empty();) {
    pattern.remove_prefix(1);
    const auto segment = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(segment.size());
    if (!segment.starts_with(':')) {
      aimed.target.append("/").append(segment);
      continue;
    }
    const std::string name(tool.path_arguments[in_path++]);
    const auto text = rest.contains(name) ? text_of(rest[name]) : std::nullopt;
    if (!text || core::is_blank(*text)) return name + " is missing: send it as text.";
    aimed.target.append("/").append(core::percent_encode(core::trim(*text)));
    rest.erase(name);
  }
  char separator = '?';
  for (const auto& name : entry.query) {
    if (!rest.contains(name)) continue;
    const Json value = rest[name];
    rest.erase(name);
    if (value.is_null()) continue;
    const auto text = text_of(value);
    if (!text) return name + " must be a single value, not a list or an object.";
    aimed.target.append(1, separator).append(name).append("=").append(core::percent_encode(*text));
    separator = '&';
  }
  if (entry.has_body) aimed.body = rest.dump();
  return aimed;
}

}  // namespace mcp
