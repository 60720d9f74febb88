#include "support/json_schema.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>
#include <string_view>

#include "core/text.h"

namespace {

using Faults = std::vector<std::string>;

bool has_type(const Json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  throw std::logic_error("a schema has the type " + type);
}

// Whether `text` has the form of `shape`: 9 stands for a digit, x for a digit of lower-case hex.
bool has_shape(std::string_view text, std::string_view shape) {
  const auto fits = [](char c, char place) {
    const bool digit = c >= '0' && c <= '9';
    if (place == '9') return digit;
    if (place == 'x') return digit || (c >= 'a' && c <= 'f');
    return c == place;
  };
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), fits);
}

bool has_format(const std::string& text, const std::string& format) {
  if (format == "uuid") return has_shape(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
  if (format == "date-time") return has_shape(text, "9999-99-99T99:99:99.999Z");
  if (format == "uri") {
    const auto scheme = text.find("://");
    return (text.starts_with("http://") || text.starts_with("https://")) && text.size() > scheme + 3 &&
           text.find_first_of(" \t\r\n") == std::string::npos;
  }
  throw std::logic_error("a schema has the format " + format);
}

// Compiling one takes longer than using it.
const std::regex& pattern_of(const std::string& text) {
  thread_local std::map<std::string, std::regex> compiled;
  const auto found = compiled.find(text);
  return found != compiled.end() ? found->second : compiled.emplace(text, text).first->second;
}

void append(Faults& faults, Faults more) { faults.insert(faults.end(), more.begin(), more.end()); }

void check_object(const Json& document, const Json& schema, const Json& value, const std::string& path,
                  Faults& faults) {
  for (const auto& name : schema.value("required", Json::array())) {
    if (!value.contains(name.get<std::string>()))
      faults.push_back(path + ": " + name.get<std::string>() + " is missing");
  }
  if (!schema.contains("properties") && !schema.contains("additionalProperties")) return;
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [name, item] : value.items()) {
    if (properties.contains(name)) {
      append(faults, schema_faults(document, properties[name], item, path + "." + name));
    } else if (!schema.contains("additionalProperties")) {
      faults.push_back(path + ": " + name + " is not declared");
    } else if (schema["additionalProperties"].is_object()) {
      append(faults, schema_faults(document, schema["additionalProperties"], item, path + "." + name));
    }
  }
}

void check_text(const Json& schema, const std::string& text, const std::string& path, Faults& faults) {
  const auto length = core::count_code_points(text);
  if (length < schema.value("minLength", std::size_t{0})) faults.push_back(path + " is too short");
  if (length > schema.value("maxLength", SIZE_MAX)) faults.push_back(path + " is too long");
  if (schema.contains("pattern") && !std::regex_search(text, pattern_of(schema["pattern"])))
    faults.push_back(path + ": " + text + " does not match");
  if (schema.contains("format") && !has_format(text, schema["format"]))
    faults.push_back(path + ": " + text + " is malformed");
}

void check_known(const Json& schema) {
  static const std::set<std::string> kKnown = {
      "$ref",     "type",    "enum",      "const",       "oneOf",    "anyOf",    "properties",
      "required", "items",   "minLength", "maxLength",   "minItems", "maxItems", "minimum",
      "maximum",  "pattern", "format",    "description", "examples", "default",  "additionalProperties"};
  for (const auto& [keyword, argument] : schema.items()) {
    if (!kKnown.contains(keyword)) throw std::logic_error("a schema has the keyword " + keyword);
  }
}

}  // namespace

std::vector<std::string> schema_faults(const Json& document, const Json& schema, const Json& value,
                                       const std::string& path) {
  check_known(schema);
  if (schema.contains("$ref")) {
    return schema_faults(document, document.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1))), value,
                         path);
  }
  Faults faults;
  for (const auto* several : {"oneOf", "anyOf"}) {
    if (!schema.contains(several)) continue;
    const auto fitting = std::count_if(schema[several].begin(), schema[several].end(), [&](const Json& one) {
      Json whole = one;
      if (!one.contains("$ref") && !one.contains("properties")) whole["additionalProperties"] = true;
      return schema_faults(document, whole, value, path).empty();
    });
    if (fitting == 0 || (several == std::string_view("oneOf") && fitting > 1)) {
      faults.push_back(path + " fits " + std::to_string(fitting) + " of " + several);
    }
  }
  if (schema.contains("type")) {
    const Json types = schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]});
    if (std::none_of(types.begin(), types.end(), [&](const Json& type) { return has_type(value, type); })) {
      faults.push_back(path + " is " + value.dump() + ", not " + types.dump());
      return faults;
    }
  }
  if (schema.contains("enum") && std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
    faults.push_back(path + " is " + value.dump() + ", none of " + schema["enum"].dump());
  if (schema.contains("const") && schema["const"] != value) faults.push_back(path + " is " + value.dump());
  if (value.is_object()) check_object(document, schema, value, path, faults);
  if (value.is_string()) check_text(schema, value, path, faults);
  if (value.is_array()) {
    if (value.size() < schema.value("minItems", std::size_t{0})) faults.push_back(path + " has too few items");
    if (value.size() > schema.value("maxItems", SIZE_MAX)) faults.push_back(path + " has too many items");
    for (std::size_t i = 0; schema.contains("items") && i < value.size(); ++i)
      append(faults, schema_faults(document, schema["items"], value[i], path + "[" + std::to_string(i) + "]"));
  }
  if (value.is_number()) {
    if (schema.contains("minimum") && value < schema["minimum"]) faults.push_back(path + " is too small");
    if (schema.contains("maximum") && value > schema["maximum"]) faults.push_back(path + " is too large");
  }
  return faults;
}
