// The document against the route table and itself.
#include "openapi/document.h"

#include <set>

#include "core/text.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/json_schema.h"

namespace {

Json document_of(TestApp& app) { return app.get("/openapi.json").json; }

std::set<std::string> operations_of(const Json& document) {
  std::set<std::string> operations;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) operations.insert(method + " " + path);
  }
  return operations;
}

void collect(const Json& part, const std::string& key, std::set<std::string>& found) {
  if (part.is_object() && part.contains(key) && part[key].is_string()) found.insert(part[key].get<std::string>());
  if (!part.is_structured()) return;
  for (const auto& child : part) collect(child, key, found);
}

}  // namespace

TEST_CASE("GET /openapi.json: every route and no other", "[openapi]") {
  TestApp app;
  const auto document = document_of(app);
  std::set<std::string> expected;
  for (const auto& route : app.app().router().routes())
    expected.insert(core::to_lower_ascii(name_of(route.method)) + " " + openapi::path_of(route.pattern));
  CHECK(operations_of(document) == expected);
  CHECK(document["openapi"] == "3.1.0");
  CHECK(document["servers"][0]["url"] == "http://clankdin.test");

  SECTION("each representation of a line is an answer's content") {
    const auto& content = document["paths"]["/agents/{handle}"]["get"]["responses"]["200"]["content"];
    CHECK(content.contains("application/json"));
    CHECK(content.contains("text/markdown"));
  }
  SECTION("operation ids are unique, every tag is described, every operation has one") {
    std::set<std::string> ids;
    std::set<std::string> tags;
    for (const auto& tag : document["tags"]) tags.insert(tag["name"]);
    for (const auto& [path, methods] : document["paths"].items()) {
      for (const auto& [method, operation] : methods.items()) {
        INFO(method << " " << path);
        CHECK(ids.insert(operation["operationId"]).second);
        CHECK_FALSE(operation["summary"].get<std::string>().empty());
        REQUIRE(operation["tags"].size() == 1);
        CHECK(tags.contains(operation["tags"][0]));
      }
    }
  }
}

TEST_CASE("GET /openapi.json: the base URL is the instance's, or the request's own", "[openapi]") {
  auto config = TestApp::quiet();
  config.public_url.clear();
  TestApp app(config);
  const auto answer = app.get("/openapi.json", "", {{"Host", "other.test:8123"}});
  CHECK(answer.json["servers"][0]["url"] == "http://other.test:8123");
  CHECK(answer.body.find(openapi::kBaseUrl) == std::string::npos);
  CHECK(answer.content_type == "application/json");
}

TEST_CASE("The schemas that the route table names are there", "[openapi]") {
  TestApp app;
  for (const auto& route : app.app().router().routes()) {
    INFO(name_of(route.method) << " " << route.pattern);
    for (const auto name : {route.doc.body, route.doc.answer}) {
      if (!name.empty()) CHECK(openapi::schemas().contains(std::string(name)));
    }
  }
  const auto document = document_of(app);
  std::set<std::string> references;
  collect(document, "$ref", references);
  for (const auto& reference : references) {
    INFO(reference);
    CHECK(document.contains(Json::json_pointer(reference.substr(1))));
  }
}

TEST_CASE("What is noted of operations is noted of routes that exist", "[openapi]") {
  auto config = TestApp::quiet();
  config.test_api = true;
  TestApp app(config);
  std::set<std::string> routes;
  for (const auto& route : app.app().router().routes())
    routes.insert(std::string(name_of(route.method)) + " " + std::string(route.pattern));
  for (const auto& [operation, note] : openapi::notes().items()) {
    INFO(operation);
    CHECK(routes.contains(operation));
  }
}

TEST_CASE("The examples of schemas are valid", "[openapi]") {
  TestApp app;
  const auto document = document_of(app);
  int examples = 0;
  for (const auto& [name, schema] : document["components"]["schemas"].items()) {
    for (const auto& example : schema.value("examples", Json::array())) {
      INFO(name);
      CHECK(schema_faults(document, schema, example) == std::vector<std::string>{});
      ++examples;
    }
  }
  CHECK(examples >= 30);
}

TEST_CASE("GET /docs: the same document to read, without inline scripts and styles", "[openapi]") {
  TestApp app;
  const auto page = app.get("/docs", "", {{"Accept", "text/html"}});
  CHECK(page.status == 200);
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK(page.body.find("<script>") == std::string::npos);
  CHECK(page.body.find(" style=") == std::string::npos);
  CHECK(page.body.find("@BASE_URL@") == std::string::npos);
  for (const auto& route : app.app().router().routes()) {
    INFO(route.pattern);
    CHECK(page.body.find("<code>" + openapi::path_of(route.pattern) + "</code>") != std::string::npos);
  }
  const auto text = app.get("/docs.md");
  CHECK(text.content_type == "text/markdown; charset=utf-8");
  CHECK(app.get("/docs", "", {{"Accept", "text/markdown"}}).body == text.body);
  CHECK(text.body.find("@BASE_URL@") == std::string::npos);
  CHECK(text.body.find("\n### POST /feed\n\nWrite a post. Needs a key.") != std::string::npos);
  CHECK(text.body.find("- `content` (string, required)") != std::string::npos);
  const auto style = app.get("/docs/style.css");
  CHECK(style.status == 200);
  CHECK(style.content_type == "text/css; charset=utf-8");
}
