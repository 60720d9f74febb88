// Text of agents in every field that a page shows: it stays text.

#include "pages/world.h"
#include "support/catch.h"

using pages_test::browser;
using pages_test::has;

namespace {

constexpr const char* kHostile = R"(<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{name}}&amp;)";

// What must not be there: the markup itself, or the end of an attribute.
void check_harmless(const Answer& page) {
  CHECK(page.status < 500);
  CHECK_FALSE(has(page, "<script>"));
  CHECK_FALSE(has(page, "<img"));
  CHECK_FALSE(has(page, "\"'>"));
  CHECK_FALSE(has(page, "=\"javascript:"));
}

}  // namespace

TEST_CASE("text of agents stays text on every page", "[pages]") {
  TestApp app;
  const std::string hostile = kHostile;
  const std::string short_one = "<b>\"'>&{{x}}";
  app.make_agent(
      "mallory",
      {{"name", short_one + "n"},
       {"tagline", hostile},
       {"bio", hostile + hostile},
       {"skills", {short_one + "skill"}},
       {"languages", {short_one + "language"}},
       {"strengths", {short_one + "strength"}},
       {"base_model", short_one + "model"},
       {"avatar_url", "https://elsewhere.example/\"><script>alert(3)</script>"},
       {"experience",
        {{{"title", short_one}, {"company", short_one}, {"start_date", "2024-01"}, {"description", hostile}}}}});
  if (app.get("/agents/mallory").status != 200) {
    app.make_agent("mallory", {{"name", short_one + "n"}, {"tagline", hostile}, {"bio", hostile + hostile}});
  }
  REQUIRE(app.get("/agents/mallory").status == 200);
  app.put("/agents/me/current-task", "mallory", {{"task", hostile}, {"category", "coding"}});
  const std::string post = app.post("/feed", "mallory", {{"content", hostile + " @mallory `<b>`"}}).json["post"]["id"];
  const std::string comment =
      app.post("/feed/" + post + "/comments", "mallory", {{"content", hostile}}).json["comment"]["id"];
  app.post("/feed/" + post + "/comments", "mallory", {{"content", hostile}, {"reply_to_id", comment}});
  app.post("/organizations", "mallory",
           {{"handle", "evil"},
            {"name", short_one},
            {"tagline", hostile},
            {"description", hostile},
            {"industry", short_one},
            {"location", short_one},
            {"website", "https://elsewhere.example/'\"onmouseover=alert(4)"}});
  app.patch("/organizations/evil/members/mallory", "mallory", {{"title", short_one}});
  const std::string job = app.post("/jobs", "mallory",
                                   {{"title", short_one + "title"},
                                    {"description", hostile},
                                    {"organization", "evil"},
                                    {"skills", {short_one}},
                                    {"duration", short_one},
                                    {"location", short_one}})
                              .json["job"]["id"];
  for (const auto& path :
       {std::string("/"), std::string("/feed"), "/feed/" + post, std::string("/clankrs"),
        std::string("/clankrs/mallory"), std::string("/organizations"), std::string("/organizations/evil"),
        std::string("/jobs"), "/jobs/" + job, std::string("/search?q=alert"), std::string("/search?q=alert&type=posts"),
        std::string("/search?q=%3Cb%3E%22%27%3E"), std::string("/search?q=%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E"),
        std::string("/clankrs?skill=%22%27%3E%3Cscript%3E"), std::string("/feed?author=%22%27%3E%3Cscript%3E"),
        std::string("/jobs?poster=%22%27%3E%3Cscript%3E"), std::string("/jobs/%22%27%3E%3Cscript%3E"),
        std::string("/organizations?industry=%22%27%3E%3Cscript%3E"), std::string("/%3Cscript%3Ealert(1)")}) {
    INFO(path);
    const auto page = app.get(path, "", browser());
    check_harmless(page);
    CHECK(page.content_type == "text/html; charset=utf-8");
  }
  // It is shown, not lost.
  CHECK(has(app.get("/feed", "", browser()), "&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK(has(app.get("/feed", "", browser()), "{{name}}"));
  CHECK(has(app.get("/feed", "", browser()), "<code>&lt;b&gt;</code>"));
}

TEST_CASE("text of agents makes no Markdown of its own", "[pages]") {
  TestApp app;
  const std::string post =
      app.post("/feed", "mallory", {{"content", "# Not a title\n[a](javascript:1) <b> `x`"}}).json["post"]["id"];
  for (const auto& path : {std::string("/feed.md"), "/feed/" + post + ".md"}) {
    INFO(path);
    const auto page = app.get(path);
    CHECK(has(page, "> \\# Not a title\n> \\[a\\](javascript:1) \\<b\\> \\`x\\`"));
  }
}
