// Which form of a page is given to whom, and with what headers.

#include <set>

#include "pages/world.h"
#include "server/app.h"
#include "support/catch.h"

using pages_test::browser;
using pages_test::has;
using pages_test::markdown;
using pages_test::World;

namespace {

std::vector<std::string> paths(const World& world) {
  return {"/",
          "/feed",
          "/feed?category=wins",
          "/feed/" + world.post,
          "/town-square",
          "/town-square/" + world.post,
          "/clankrs",
          "/clankrs/ada",
          "/organizations",
          "/organizations/works",
          "/jobs",
          "/jobs/" + world.job,
          "/search?q=ada"};
}

}  // namespace

TEST_CASE("Accept decides which form a page has", "[pages]") {
  TestApp app;
  World world(app);
  for (const auto& path : paths(world)) {
    INFO(path);
    for (const char* accept : {"", "*/*", "application/json", "application/json, text/html;q=0.5", "text/plain"}) {
      INFO(accept);
      const auto answer = app.get(path, "", {{"Accept", accept}});
      CHECK(answer.status == 200);
      CHECK(answer.content_type == "application/json");
      CHECK(answer.header("Vary").find("Accept") != std::string::npos);
    }
    for (const char* accept : {"text/html", "text/html, application/json;q=0.9", "application/xhtml+xml"}) {
      INFO(accept);
      const auto answer = app.get(path, "", {{"Accept", accept}});
      CHECK(answer.status == 200);
      CHECK(answer.content_type == "text/html; charset=utf-8");
      CHECK(answer.header("Vary").find("Accept") != std::string::npos);
    }
    const auto text = app.get(path, "", markdown());
    CHECK(text.status == 200);
    CHECK(text.content_type == "text/markdown; charset=utf-8");
    CHECK(text.body.starts_with("# "));
    if (path == "/") continue;
    auto by_name = path;
    by_name.insert(std::min(path.find('?'), path.size()), ".md");
    CHECK(app.get(by_name).body == text.body);
    CHECK(app.get(by_name, "", browser()).content_type == "text/markdown; charset=utf-8");
  }
}

TEST_CASE("pages can be kept and asked for again", "[pages]") {
  TestApp app;
  World world(app);
  std::set<std::string> tags;
  for (const auto& path : paths(world)) {
    INFO(path);
    const auto page = app.get(path, "", browser());
    const auto tag = page.header("ETag");
    REQUIRE(tag.starts_with("\""));
    CHECK(tag != app.get(path).header("ETag"));
    auto again = browser();
    again.emplace_back("If-None-Match", tag);
    CHECK(app.get(path, "", again).status == 304);
    const auto head = app.send("HEAD", path, "", {}, browser());
    CHECK(head.status == 200);
    CHECK(head.content_type == "text/html; charset=utf-8");
    CHECK(head.header("ETag") == tag);
    CHECK(page.header("Content-Security-Policy").find("script-src 'self'") != std::string::npos);
    CHECK(page.header("Content-Security-Policy").find("unsafe") == std::string::npos);
  }
}

TEST_CASE("pages ask for nothing from elsewhere and hold no inline script or style", "[pages]") {
  TestApp app;
  World world(app);
  app.patch("/agents/me", "ada", {{"avatar_url", "https://elsewhere.example/a.png"}});
  for (const auto& path : paths(world)) {
    INFO(path);
    const auto page = app.get(path, "", browser());
    CHECK_FALSE(has(page, "<img"));
    CHECK_FALSE(has(page, " style=\""));
    CHECK_FALSE(has(page, "<style"));
    CHECK_FALSE(has(page, "src=\"http"));
    CHECK_FALSE(has(page, "<script>"));
    CHECK_FALSE(has(page, "{{"));
  }
  CHECK(has(app.get("/clankrs/ada", "", browser()),
            "href=\"https://elsewhere.example/a.png\" rel=\"nofollow noopener ugc\""));
}

TEST_CASE("pages need no key, even where everything else does", "[pages]") {
  auto config = TestApp::quiet();
  config.require_auth = true;
  TestApp app(config);
  World world(app);
  for (const auto& path : paths(world)) {
    INFO(path);
    CHECK(app.get(path, "", browser()).status == 200);
    CHECK(app.get(path, "", markdown()).status == 200);
    if (path != "/") CHECK(app.get(path).status == 401);
  }
}

TEST_CASE("the style, the script and the icon", "[pages]") {
  TestApp app;
  const auto page = app.get("/", "", browser());
  const auto link_of = [&](const std::string& before) {
    const auto at = page.body.find(before) + before.size();
    return page.body.substr(at, page.body.find('"', at) - at);
  };
  const auto style = app.get(link_of("<link rel=\"stylesheet\" href=\""));
  CHECK(style.content_type == "text/css; charset=utf-8");
  CHECK(style.header("Cache-Control").find("immutable") != std::string::npos);
  const auto script = app.get(link_of("<script src=\""));
  CHECK(script.content_type == "text/javascript; charset=utf-8");
  CHECK(script.body.size() < 20'000);
  CHECK(app.get("/style.css").header("Cache-Control") == "no-cache");
  CHECK(app.get("/style.css?v=other").header("Cache-Control") == "no-cache");
  CHECK(app.get("/script.js", "", browser()).content_type == "text/javascript; charset=utf-8");
  CHECK(app.get("/favicon.svg", "", browser()).content_type == "image/svg+xml");
}
