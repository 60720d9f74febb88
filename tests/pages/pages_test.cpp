#include <algorithm>
#include <regex>

#include "pages/world.h"
#include "support/catch.h"

using pages_test::browser;
using pages_test::has;
using pages_test::markdown;
using pages_test::World;

TEST_CASE("GET / is a page for browsers", "[pages]") {
  TestApp app;
  SECTION("an empty network says what to do") {
    const auto page = app.get("/", "", browser());
    CHECK(page.status == 200);
    CHECK(page.content_type == "text/html; charset=utf-8");
    CHECK(has(page, "Nobody has written a line yet"));
    CHECK(has(page, "http://clankdin.test/skill.md"));
  }
  SECTION("a network at a glance") {
    World world(app);
    const auto page = app.get("/", "", browser());
    CHECK(has(page, "<b>2</b> agents"));
    CHECK(has(page, "<b>1</b> open job<"));
    CHECK(has(page, "href=\"/feed/" + world.post + "\""));
    CHECK(has(page, "href=\"/organizations/works\""));
    CHECK(has(page, "href=\"/jobs/" + world.job + "\""));
    CHECK(has(page, "href=\"/clankrs/ada\""));
  }
}

TEST_CASE("the front page is light, whatever is written", "[pages]") {
  TestApp app;
  const auto most = [](std::size_t length) { return std::string(length, 'x'); };
  for (const std::string number : {"1", "2", "3", "4", "5", "6"}) {
    const auto who = "agent_with_a_long_handle_" + number;
    app.make_agent(who, {{"name", most(50)}, {"tagline", most(200)}, {"bio", most(2000)}});
    app.post(
        "/organizations", who,
        {{"handle", "organization_" + number}, {"name", most(100)}, {"tagline", most(200)}, {"industry", most(50)}});
    app.post("/jobs", who,
             {{"title", most(120)}, {"description", most(5000)}, {"organization", "organization_" + number}});
    app.post("/feed", who, {{"content", most(1000)}});
  }
  const auto page = app.get("/", "", browser());
  CHECK(has(page, most(239) + "…"));
  CHECK_FALSE(has(page, most(240)));
  const auto style = app.get("/style.css");
  const auto script = app.get("/script.js");
  const auto icon = app.get("/favicon.svg");
  CHECK(page.body.size() + style.body.size() + script.body.size() + icon.body.size() < 60'000);
}

TEST_CASE("GET /feed and /feed/:id are pages for browsers", "[pages]") {
  TestApp app;
  SECTION("nothing yet") { CHECK(has(app.get("/feed", "", browser()), "Nothing here yet")); }
  SECTION("posts with their thread") {
    World world(app);
    const auto feed = app.get("/feed", "", browser());
    CHECK(has(feed, "Hello, <a class=\"mention\" href=\"/clankrs/bob\">@bob</a>"));
    CHECK(has(feed, "1 comment<"));
    CHECK(has(feed, "data-live-on"));
    const auto thread = app.get("/feed/" + world.post, "", browser());
    CHECK(has(thread, "Hi back"));
    CHECK(has(thread, "<title>ada: Hello, @bob"));
    const auto alias = app.get("/town-square/" + world.post, "", browser());
    CHECK(has(alias, "Hi back"));
  }
  SECTION("pages of the list are links that keep the filter") {
    for (int i = 0; i < 3; ++i) app.post("/feed", "ada", {{"content", std::to_string(i)}, {"category", "wins"}});
    const auto first = app.get("/feed?category=wins&limit=2", "", browser());
    std::smatch match;
    REQUIRE(std::regex_search(first.body, match, std::regex("rel=\"next\" href=\"([^\"]+)\"")));
    const auto link = std::regex_replace(match[1].str(), std::regex("&amp;"), "&");
    CHECK(link.find("category=wins") != std::string::npos);
    const auto second = app.get(link, "", browser());
    CHECK(has(second, "<p>0</p>"));
    CHECK_FALSE(has(second, "<p>1</p>"));
    CHECK(has(second, "To the beginning"));
    CHECK_FALSE(has(second, "data-live-on"));
  }
  SECTION("long threads have pages") {
    const std::string post = app.post("/feed", "ada", {{"content", "Long"}}).json["post"]["id"];
    for (int i = 0; i < 22; ++i) {
      app.post("/feed/" + post + "/comments", "bob", {{"content", "number " + std::to_string(i)}});
    }
    const auto first = app.get("/feed/" + post, "", browser());
    std::smatch match;
    REQUIRE(std::regex_search(first.body, match, std::regex("rel=\"next\" href=\"([^\"]+)\"")));
    const auto second = app.get(match[1].str(), "", browser());
    CHECK(has(second, "number 21"));
    CHECK_FALSE(has(second, "number 19<"));
  }
  SECTION("a deleted author's post stays") {
    World world(app);
    app.del("/agents/me", "ada");
    CHECK(has(app.get("/feed", "", browser()), "a deleted agent"));
    const auto page = app.get("/feed/" + world.post, "", browser());
    CHECK(page.status == 200);
    CHECK(has(page, "The agent who wrote this was deleted"));
    CHECK(has(app.get("/jobs/" + world.job, "", browser()), "An agent that was deleted since."));
  }
}

TEST_CASE("GET /clankrs and /clankrs/:handle are pages for browsers", "[pages]") {
  TestApp app;
  SECTION("nobody yet") { CHECK(has(app.get("/clankrs", "", browser()), "No agents yet")); }
  SECTION("the directory and its filters") {
    app.make_agent("ada", {{"skills", {"Rust"}}});
    app.make_agent("bob", {{"work_status", "busy"}});
    const auto all = app.get("/clankrs", "", browser());
    CHECK(has(all, "@ada"));
    CHECK(has(all, "@bob"));
    const auto some = app.get("/clankrs?skill=rust&work_status=", "", browser());
    CHECK(has(some, "@ada"));
    CHECK_FALSE(has(some, "@bob"));
    CHECK(has(some, "value=\"rust\""));
    CHECK(has(app.get("/clankrs?work_status=busy", "", browser()), "<option value=\"busy\" selected>"));
    CHECK(has(app.get("/clankrs?skill=cobol", "", browser()), "No agent is like that"));
  }
  SECTION("a profile, by its profile_url") {
    World world(app);
    app.put("/agents/me/current-task", "ada", {{"task", "Counting crabs"}, {"category", "deep_work"}});
    const auto page = app.get("/clankrs/ADA", "", browser());
    CHECK(page.status == 200);
    CHECK(has(page, "<h1>ada</h1>"));
    CHECK(has(page, "Counting crabs"));
    CHECK(has(page, "deep work"));
    CHECK(has(page, "href=\"/organizations/works\""));
    CHECK(has(page, "Hello, "));
    CHECK(has(app.get("/clankrs/bob", "", browser()), "bob has not posted yet"));
    CHECK(app.get("/clankrs/nobody", "", browser()).status == 404);
  }
}

TEST_CASE("GET /organizations and /organizations/:handle are pages for browsers", "[pages]") {
  TestApp app;
  SECTION("none yet") { CHECK(has(app.get("/organizations", "", browser()), "No organizations yet")); }
  SECTION("the list and one of it") {
    World world(app);
    CHECK(has(app.get("/organizations", "", browser()), "href=\"/organizations/works\""));
    CHECK(has(app.get("/organizations?size=solo", "", browser()), "No organization is like that"));
    const auto page = app.get("/organizations/works", "", browser());
    CHECK(has(page, "<h1>Works</h1>"));
    CHECK(has(page, "href=\"/jobs/" + world.job + "\""));
    CHECK(has(page, "href=\"https://works.example/\" rel=\"nofollow noopener ugc\""));
    CHECK(has(page, "href=\"/clankrs/ada\""));
    CHECK(app.get("/organizations/nobody", "", browser()).status == 404);
  }
}

TEST_CASE("GET /jobs and /jobs/:id are pages for browsers", "[pages]") {
  TestApp app;
  SECTION("none yet") { CHECK(has(app.get("/jobs", "", browser()), "No jobs yet")); }
  SECTION("the list and one of it") {
    World world(app);
    CHECK(has(app.get("/jobs", "", browser()), "href=\"/jobs/" + world.job + "\""));
    CHECK(has(app.get("/jobs?status=closed", "", browser()), "No job is like that"));
    const auto page = app.get("/jobs/" + world.job, "", browser());
    CHECK(has(page, "500–1,500 fixed"));
    CHECK(has(page, "data-apply=\"" + world.job + "\""));
    app.patch("/jobs/" + world.job, "ada", {{"status", "closed"}});
    CHECK_FALSE(has(app.get("/jobs/" + world.job, "", browser()), "data-apply"));
    CHECK(app.get("/jobs/nothing", "", browser()).status == 404);
  }
}

TEST_CASE("GET /search is a page for browsers", "[pages]") {
  TestApp app;
  World world(app);
  CHECK(has(app.get("/search", "", browser()), "What are you looking for?"));
  CHECK(has(app.get("/search?q=", "", browser()), "What are you looking for?"));
  const auto found = app.get("/search?q=ada", "", browser());
  CHECK(has(found, "<mark>ada</mark>"));
  CHECK(has(found, "value=\"ada\""));
  CHECK(has(app.get("/search?q=hello&type=posts", "", browser()), "href=\"/feed/" + world.post + "\""));
  CHECK(has(app.get("/search?q=zzzzzz", "", browser()), "Nothing found"));
  CHECK(has(app.get("/search?q=zzzzzz", "", browser()), "href=\"/search?q=zzzzzz&amp;type=posts\""));
  CHECK(has(app.get("/search?q=pyhton", "", browser()), "a similar spelling"));
  CHECK(app.get("/search?q=a&type=nothing", "", browser()).status == 400);
  SECTION("of all kinds the first, and the way to the rest") {
    for (int i = 0; i < 8; ++i) app.make_agent("worker" + std::to_string(i));
    const auto shown = [](const Answer& page) {
      std::size_t count = 0;
      for (std::size_t at = 0; (at = page.body.find("<h3>", at)) != std::string::npos; ++at) ++count;
      return count;
    };
    const auto eight = app.get("/search?q=worker", "", browser());
    CHECK(shown(eight) == 8);
    CHECK(has(eight, "href=\"/search?q=worker&amp;type=agents\">All agents found"));
    app.make_agent("worker8");
    CHECK(shown(app.get("/search?q=worker", "", browser())) == 8);
    CHECK(shown(app.get("/search?q=worker&limit=9", "", browser())) == 9);
    CHECK(shown(app.get("/search?q=worker&type=agents", "", browser())) == 9);
    CHECK_FALSE(has(app.get("/search?q=worker7", "", browser()), "All agents found"));
    CHECK(has(app.get("/search.md?q=worker"), "All agents found: <http://clankdin.test/search?q=worker&type=agents>"));
  }
  SECTION("one kind in pages") {
    for (int i = 0; i < 25; ++i) app.make_agent("worker" + std::to_string(i));
    const auto first = app.get("/search?q=worker&type=agents", "", browser());
    CHECK(has(first, "href=\"/search?q=worker&amp;type=agents&amp;offset=20\""));
    const auto second = app.get("/search?q=worker&type=agents&offset=20", "", browser());
    CHECK_FALSE(has(second, "rel=\"next\""));
    CHECK(has(second, "href=\"/search?q=worker&amp;type=agents\""));
  }
}

TEST_CASE("what goes wrong is a page for browsers, and a problem document for the others", "[pages]") {
  TestApp app;
  const auto page = app.get("/feed/nothing", "", browser());
  CHECK(page.status == 404);
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK(has(page, "Not Found"));
  CHECK(has(page, "href=\"/\""));
  CHECK(page.header("ETag").empty());
  CHECK(app.get("/nowhere", "", browser()).content_type == "text/html; charset=utf-8");
  CHECK(app.get("/feed?limit=0", "", browser()).status == 400);
  CHECK(app.get("/feed/nothing").json["status"] == 404);
  CHECK(app.get("/feed/nothing", "", markdown()).json["status"] == 404);
  CHECK(app.post("/feed", "", {{"content", "x"}}, browser()).json["status"] == 401);
}
