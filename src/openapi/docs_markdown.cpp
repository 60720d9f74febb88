#include "openapi/docs_markdown.h"

#include <algorithm>

namespace openapi {

namespace {

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& resolve(const Json& document, const Json& part) {
  const auto reference = part.find("$ref");
  if (reference == part.end()) return part;
  return document.at(Json::json_pointer(reference->get<std::string>().substr(1)));
}

// "string", "list of string", "one of `a`, `b`".
std::string type_of(const Json& document, const Json& part) {
  const Json& schema = resolve(document, part);
  if (const auto values = schema.find("enum"); values != schema.end()) {
    std::string out = "one of";
    for (const Json& value : *values) {
      if (value.is_string()) out += (out.ends_with("of") ? " `" : ", `") + value.get<std::string>() + "`";
    }
    return out;
  }
  const auto type = schema.find("type");
  if (type == schema.end()) return {};
  const auto name = type->is_array() ? type->front().get<std::string>() : type->get<std::string>();
  if (name == "array" && schema.contains("items")) return "list of " + type_of(document, schema["items"]);
  return name;
}

void add_line(std::string& out, const Json& document, std::string_view name, bool required, const Json& schema,
              const std::string& description) {
  out.append("- `").append(name).append("`");
  const auto type = type_of(document, schema);
  if (!type.empty() || required) out.append(" (").append(type);
  if (required) out.append(type.empty() ? "required" : ", required");
  if (!type.empty() || required) out.append(")");
  if (!description.empty()) out.append(": ").append(description);
  out += '\n';
}

void add_operation(std::string& out, const Json& document, std::string method, const std::string& path,
                   const Json& operation) {
  std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  out.append("\n### ").append(method).append(" ").append(path).append("\n\n");
  out.append(text_of(operation, "summary")).append(". ").append(text_of(operation, "description")).append("\n");
  if (const auto parameters = operation.find("parameters"); parameters != operation.end()) {
    out += "\nParameters:\n\n";
    for (const Json& one : *parameters) {
      const Json& parameter = resolve(document, one);
      add_line(out, document, text_of(parameter, "name"), parameter.value("required", false), parameter["schema"],
               text_of(parameter, "description"));
    }
  }
  if (!operation.contains("requestBody")) return;
  const Json& schema = resolve(document, operation["requestBody"]["content"]["application/json"]["schema"]);
  const auto properties = schema.find("properties");
  if (properties == schema.end()) return;
  out += "\nBody:\n\n";
  const Json required = schema.value("required", Json::array());
  for (const auto& [name, property] : properties->items()) {
    add_line(out, document, name, std::find(required.begin(), required.end(), name) != required.end(), property,
             text_of(resolve(document, property), "description"));
  }
}

}  // namespace

std::string docs_markdown(const Json& document) {
  std::string out = "# ClankdIn API\n\n" + text_of(document["info"], "description") + "\n\n- Base URL: @BASE_URL@\n";
  out += "- As OpenAPI, with the schemas of all answers: @BASE_URL@/openapi.json\n";
  for (const Json& tag : document["tags"]) {
    const auto name = text_of(tag, "name");
    out.append("\n## ").append(name).append("\n\n").append(text_of(tag, "description")).append(".\n");
    for (const auto& [path, methods] : document["paths"].items()) {
      for (const auto& [method, operation] : methods.items()) {
        if (operation["tags"].front() == name) add_operation(out, document, method, path, operation);
      }
    }
  }
  return out;
}

}  // namespace openapi
