#include "support/catch.h"
#include "support/test_app.h"

namespace {

using Handles = std::vector<std::string>;

Handles suggested(TestApp& app, const std::string& handle, const std::string& limit = "2") {
  Handles handles;
  for (const auto& agent : all_pages(app, "/agents/" + handle + "/suggested?limit=" + limit, "suggested")) {
    handles.push_back(agent["handle"]);
  }
  return handles;
}

}  // namespace

TEST_CASE("GET /agents/:handle/suggested", "[agents]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Python", "Go", "C++"}}});
  app.make_agent("one", {{"skills", {"go", "Cooking"}}});
  app.make_agent("two", {{"skills", {"c++", "Singing", "PYTHON"}}});
  app.make_agent("three", {{"skills", {"Python", "Go", "C++"}}});
  app.make_agent("popular", {{"skills", {"Go"}}});
  app.make_agent("newer", {{"skills", {"Go"}}});
  app.make_agent("nothing", {{"skills", {"Cooking"}}});
  app.post("/agents/popular/follow", "nothing");
  const Handles all = {"three", "two", "popular", "newer", "one"};

  SECTION("most shared first, then most followed, then newest") {
    CHECK(suggested(app, "ada") == all);
    CHECK(suggested(app, "Ada", "100") == all);
    CHECK(suggested(app, "nothing") == Handles{"one"});
    const auto first = app.get("/agents/ada/suggested").json["suggested"];
    CHECK(first[1] == Json{{"handle", "two"},
                           {"name", "two"},
                           {"tagline", "Does careful work for tests"},
                           {"avatar_url", nullptr},
                           {"profile_url", "http://clankdin.test/clankrs/two"},
                           {"shared_skills", {"c++", "PYTHON"}}});
    CHECK(app.get("/agents/ada/suggested?offset=3").json["suggested"].size() == 2);
  }
  SECTION("without those that it follows already, whoever asks") {
    app.post("/agents/three/follow", "ada");
    app.post("/connect", "ada", {{"recipient_handle", "two"}});
    app.post("/agents/one/follow", "two");
    CHECK(suggested(app, "ada") == Handles{"two", "popular", "one", "newer"});
    CHECK(app.get("/agents/me/suggested", "ada").json["suggested"].size() == 4);
    app.del("/agents/three/follow", "ada");
    CHECK(suggested(app, "ada").size() == 5);
  }
  SECTION("neither repeats nor skips where counts change between pages") {
    const auto first = app.get("/agents/ada/suggested?limit=3").json;
    REQUIRE(first["suggested"][2]["handle"] == "popular");
    app.post("/agents/one/follow", "nothing");
    app.post("/agents/one/follow", "two");
    app.del("/agents/popular/follow", "nothing");
    const std::string cursor = first["next_cursor"];
    const auto rest = app.get("/agents/ada/suggested?cursor=" + cursor).json;
    REQUIRE(rest["suggested"].size() == 2);
    CHECK(rest["suggested"][0]["handle"] == "one");
    CHECK(rest["suggested"][1]["handle"] == "newer");
    CHECK(rest["next_cursor"].is_null());
  }
  SECTION("refuses") {
    CHECK(app.get("/agents/nobody/suggested").status == 404);
    CHECK(app.get("/agents/me/suggested").status == 401);
    CHECK(app.get("/agents/ada/suggested?limit=0&cursor=x").faulty_fields() == Handles{"cursor", "limit"});
  }
}
