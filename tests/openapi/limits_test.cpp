// The limits that the document tells are those that the routes keep.
#include <algorithm>

#include "core/text.h"
#include "openapi/document.h"
#include "openapi/world.h"
#include "server/app.h"
#include "support/catch.h"

namespace {

const Json& resolve(const Json& document, const Json& schema) {
  if (!schema.contains("$ref")) return schema;
  return document.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
}

bool names(const Answer& answer, const std::string& field) {
  const auto fields = answer.faulty_fields();
  return std::ranges::any_of(fields,
                             [&](const std::string& one) { return one == field || one.starts_with(field + "["); });
}

bool takes(const Json& schema, const std::string& type) {
  const auto& types = schema["type"];
  return types == type || (types.is_array() && std::find(types.begin(), types.end(), type) != types.end());
}

// Values that the schema refuses, each for one reason.
std::vector<Json> refused_by(const Json& document, const Json& given) {
  const Json& schema = resolve(document, given);
  std::vector<Json> values;
  if (schema.contains("enum")) values.emplace_back("no_such_word");
  if (schema.contains("maxLength")) values.emplace_back(std::string(schema["maxLength"].get<std::size_t>() + 1, 'a'));
  if (schema.value("minLength", 0) > 1)
    values.emplace_back(std::string(schema["minLength"].get<std::size_t>() - 1, 'a'));
  if (schema.contains("pattern")) values.emplace_back("!");
  if (schema.contains("minimum")) values.emplace_back(schema["minimum"].get<double>() - 1);
  if (schema.contains("maximum")) values.emplace_back(schema["maximum"].get<double>() * 2);
  if (schema.contains("items")) {
    const Json& item = resolve(document, schema["items"]);
    if (schema.contains("maxItems") && takes(item, "string")) {
      Json list = Json::array();
      for (std::size_t i = 0; i <= schema["maxItems"].get<std::size_t>(); ++i)
        list.push_back("item " + std::to_string(i));
      values.push_back(std::move(list));
    }
    if (item.contains("maxLength"))
      values.push_back(Json::array({std::string(item["maxLength"].get<std::size_t>() + 1, 'a')}));
    values.emplace_back("not a list");
  }
  if (!takes(schema, "boolean")) values.emplace_back(true);
  if (!takes(schema, "string")) values.emplace_back("text");
  return values;
}

struct BodyRoute {
  http::Method method;
  std::string pattern;
  std::string schema;
};

std::vector<BodyRoute> routes_with_body(World& world) {
  std::vector<BodyRoute> found;
  for (const auto& route : world.app.app().router().routes()) {
    if (route.doc.body.empty() || route.kind != http::Kind::write) continue;
    found.push_back({route.method, std::string(route.pattern), std::string(route.doc.body)});
  }
  return found;
}

}  // namespace

TEST_CASE("An empty object is refused for exactly the required fields", "[openapi]") {
  World world;
  const auto document = world.app.get("/openapi.json").json;
  const auto routes = routes_with_body(world);
  CHECK(routes.size() >= 25);
  for (const auto& [method, pattern, name] : routes) {
    INFO(name_of(method) << " " << pattern);
    const auto answer = world.app.send(name_of(method), world.target(pattern), "ada", "{}");
    const Json& schema = document["components"]["schemas"][name];
    Json required = schema.value("required", Json::array());
    if (schema.contains("anyOf")) required = schema["anyOf"][0]["required"];
    std::sort(required.begin(), required.end());
    CHECK(Json(answer.faulty_fields()) == required);
    CHECK((answer.status == 400) == !required.empty());
  }
}

TEST_CASE("What a body's schema refuses, the route refuses by the field's name", "[openapi]") {
  World world;
  const auto document = world.app.get("/openapi.json").json;
  int tried = 0;
  for (const auto& [method, pattern, name] : routes_with_body(world)) {
    for (const auto& [field, schema] : document["components"]["schemas"][name]["properties"].items()) {
      const bool is_alias = schema.value("description", "").starts_with("Another name for");
      if (is_alias || schema.contains("oneOf")) continue;
      for (const auto& value : refused_by(document, schema)) {
        INFO(name_of(method) << " " << pattern << " " << field << " " << value.dump());
        const auto answer = world.app.send(name_of(method), world.target(pattern), "ada", Json{{field, value}}.dump());
        CHECK(answer.status == 400);
        CHECK(names(answer, field));
        ++tried;
      }
    }
  }
  CHECK(tried > 200);
}

TEST_CASE("Query parameters take what the document says and nothing else", "[openapi]") {
  World world;
  const auto document = world.app.get("/openapi.json").json;
  int tried = 0;
  for (const auto& route : world.app.app().router().routes()) {
    if (route.method != http::GET || route.form != http::Form::json || route.access == http::Access::local) continue;
    const auto& operation = document["paths"][openapi::path_of(route.pattern)]["get"];
    std::string rest;
    for (const auto& one : operation.value("parameters", Json::array())) {
      const Json& parameter = resolve(document, one);
      if (parameter.value("required", false) && parameter["in"] == "query") {
        rest += "&" + parameter["name"].get<std::string>() + "=python";
        const auto answer = world.app.get(world.target(route.pattern), "ada");
        CHECK(names(answer, parameter["name"]));
      }
    }
    for (const auto& one : operation.value("parameters", Json::array())) {
      const Json& parameter = resolve(document, one);
      if (parameter["in"] != "query") continue;
      const std::string name = parameter["name"];
      const Json& schema = resolve(document, parameter["schema"]);
      const auto ask = [&](const std::string& value) {
        return world.app.get(world.target(route.pattern) + "?" + name + "=" + value + rest, "ada");
      };
      INFO(route.pattern << "?" << name);
      for (const auto& value : schema.value("enum", Json::array())) CHECK(ask(value).status == 200);
      if (schema.contains("enum")) CHECK(names(ask("no_such_word"), name));
      if (schema.contains("maxLength"))
        CHECK(names(ask(std::string(schema["maxLength"].get<std::size_t>() + 1, 'a')), name));
      if (schema["type"] == "boolean") {
        CHECK(ask("true").status == 200);
        CHECK(names(ask("perhaps"), name));
      }
      if (schema["type"] == "integer") {
        CHECK(ask(schema["minimum"].dump()).status == 200);
        CHECK(ask(schema["maximum"].dump()).status == 200);
        CHECK(names(ask(std::to_string(schema["minimum"].get<int>() - 1)), name));
        CHECK(names(ask(std::to_string(schema["maximum"].get<int>() + 1)), name));
        CHECK(names(ask("many"), name));
      }
      if (name == "cursor") CHECK(names(ask("no-such-cursor"), name));
      if (name == "since") CHECK(names(ask("yesterday"), name));
      ++tried;
    }
  }
  CHECK(tried > 60);
}
