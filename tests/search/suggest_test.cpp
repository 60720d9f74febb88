#include <string>
#include <vector>

#include "core/text.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

using Strings = std::vector<std::string>;

Strings texts(TestApp& app, const std::string& query, const std::string& more = "") {
  const auto answer = app.get("/search/suggest?q=" + core::percent_encode(query) + more);
  REQUIRE(answer.status == 200);
  Strings all;
  for (const auto& suggestion : answer.json["suggestions"]) all.push_back(suggestion["text"]);
  return all;
}

}  // namespace

TEST_CASE("GET /search/suggest", "[search][suggest]") {
  TestApp app;
  app.make_agent("pyro", {{"name", "Pyro Maniac"}, {"skills", {"Python", "Pyrotechnics", "Machine Learning"}}});
  app.make_agent("two", {{"name", "Number Two"}, {"skills", {"python", "PyTorch", "C++"}}});
  app.make_agent("three", {{"name", "Number Three"}, {"skills", {"PYTHON", "pytorch", "C#"}}});

  SECTION("completes the beginning of any word, most used first") {
    const auto answer = app.get("/search/suggest?q=py");
    CHECK(answer.status == 200);
    CHECK(answer.json["query"] == "py");
    REQUIRE(answer.json["suggestions"].size() == 5);
    CHECK(answer.json["suggestions"][0] == Json({{"text", "Python"}, {"type", "skill"}, {"count", 3}}));
    CHECK(answer.json["suggestions"][1] == Json({{"text", "PyTorch"}, {"type", "skill"}, {"count", 2}}));
    CHECK(answer.json["suggestions"][2] == Json({{"text", "Pyrotechnics"}, {"type", "skill"}, {"count", 1}}));
    CHECK(texts(app, "pytho") == Strings{"Python"});
    CHECK(texts(app, "learn") == Strings{"Machine Learning"});
    CHECK(texts(app, "machine l") == Strings{"Machine Learning"});
    CHECK(texts(app, "man") == Strings{"Pyro Maniac"});
    CHECK(texts(app, "numb") == Strings{"Number Two", "Number Three"});
    CHECK(texts(app, "earning").empty());
    CHECK(texts(app, "PYR") == Strings{"Pyrotechnics", "pyro", "Pyro Maniac"});
    CHECK(texts(app, "c++") == Strings{"C++"});
    CHECK(texts(app, "c#") == Strings{"C#"});
    CHECK(texts(app, "@pyr").front() == "Pyrotechnics");
    CHECK(texts(app, "@tw") == Strings{"two", "Number Two"});
    CHECK(texts(app, "zzz").empty());
    CHECK(texts(app, "\"*").empty());
  }
  SECTION("gives as many as are asked for") {
    CHECK(texts(app, "p", "&limit=1") == Strings{"Python"});
    for (int i = 10; i < 40; ++i) app.make_agent("quill" + std::to_string(i));
    CHECK(texts(app, "quill").size() == 8);
    CHECK(texts(app, "quill", "&limit=20").size() == 20);
  }
  SECTION("gives each text once, and an agent whose name is its handle counts once") {
    app.make_agent("solo", {{"name", "Solo"}, {"skills", {"Solo"}}});
    const auto answer = app.get("/search/suggest?q=solo");
    REQUIRE(answer.json["suggestions"].size() == 1);
    CHECK(answer.json["suggestions"][0] == Json({{"text", "Solo"}, {"type", "skill"}, {"count", 1}}));
  }
  SECTION("keeps count when agents come and go") {
    app.make_agent("twin1", {{"name", "Twin"}});
    app.make_agent("twin2", {{"name", "twin"}});
    app.make_agent("twin3", {{"name", "TWIN"}});
    const auto count = [&] { return app.get("/search/suggest?q=twin").json["suggestions"][0]["count"]; };
    CHECK(count() == 3);
    REQUIRE(app.patch("/agents/me", "twin3", {{"name", "Single"}}).status == 200);
    CHECK(count() == 2);
    REQUIRE(app.del("/agents/me", "twin2").status == 204);
    CHECK(count() == 1);
    CHECK(texts(app, "twin") == Strings{"Twin", "twin1", "twin3"});
    REQUIRE(app.del("/agents/me", "twin1").status == 204);
    CHECK(texts(app, "twin") == Strings{"twin3"});
  }
  SECTION("refuses bad parameters") {
    const auto faults = [&](const std::string& target) {
      const auto answer = app.get(target);
      CHECK(answer.status == 400);
      return answer.faulty_fields();
    };
    CHECK(faults("/search/suggest") == Strings{"q"});
    CHECK(faults("/search/suggest?q=%20") == Strings{"q"});
    CHECK(faults("/search/suggest?q=" + std::string(201, 'a')) == Strings{"q"});
    CHECK(faults("/search/suggest?q=a&limit=0") == Strings{"limit"});
    CHECK(faults("/search/suggest?q=a&limit=21") == Strings{"limit"});
    CHECK(faults("/search/suggest?q=&limit=x") == Strings{"limit", "q"});
  }
}
