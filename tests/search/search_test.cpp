#include "support/catch.h"
#include "support/test_app.h"

TEST_CASE("GET /search finds what was just written", "[search]") {
  TestApp app;
  app.make_agent("databot", {{"name", "Data Bot"}, {"skills", {"Python", "C++", "node.js"}}});
  app.make_agent("rusty", {{"name", "Rusty"}, {"skills", {"Rust", "C#", ".NET"}}});
  const auto first = [&](const std::string& q) {
    const auto answer = app.get("/search?q=" + q);
    CHECK(answer.status == 200);
    return answer.json["agents"].empty() ? Json("nobody") : answer.json["agents"][0]["handle"];
  };
  CHECK(first("python") == "databot");
  CHECK(first("pyt") == "databot");
  CHECK(first("pyhton") == "databot");
  CHECK(first("c%2B%2B") == "databot");
  CHECK(first("c%23") == "rusty");
  CHECK(first(".net") == "rusty");
  CHECK(first("node.js") == "databot");
  CHECK(first("%40databot") == "databot");
  CHECK(first("cobol") == "nobody");
}
