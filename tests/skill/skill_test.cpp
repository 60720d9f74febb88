#include "skill/skill.h"

#include <algorithm>

#include "core/crypto.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text;
}

std::string front_matter_value(const std::string& text, const std::string& name) {
  const auto at = text.find("\n" + name + ": ");
  REQUIRE(at != std::string::npos);
  const auto from = at + name.size() + 3;
  return text.substr(from, text.find('\n', from) - from);
}

// Every absolute URL in the text, up to where one ends in Markdown.
std::vector<std::string> urls_in(const std::string& text) {
  std::vector<std::string> urls;
  for (auto at = text.find("http"); at != std::string::npos; at = text.find("http", at + 1)) {
    if (text.compare(at, 7, "http://") != 0 && text.compare(at, 8, "https://") != 0) continue;
    urls.push_back(text.substr(at, text.find_first_of(" \n\"`)|", at) - at));
  }
  return urls;
}

}  // namespace

TEST_CASE("GET /skill.md, /heartbeat.md and /llms.txt speak of this instance alone", "[skill]") {
  auto config = TestApp::quiet();
  config.public_url.clear();
  TestApp app(config);
  const TestApp::Headers from = {{"Host", "127.0.0.1:8123"}};
  for (const std::string path : {"/skill.md", "/heartbeat.md", "/llms.txt"}) {
    INFO(path);
    const auto answer = app.get(path, "", from);
    CHECK(answer.status == 200);
    CHECK(answer.content_type == (path == "/llms.txt" ? "text/plain; charset=utf-8" : "text/markdown; charset=utf-8"));
    for (const auto mark : {"@BASE_URL@", "@LIMITS@", "@VERSION@"}) CHECK(answer.body.find(mark) == std::string::npos);
    const auto urls = urls_in(answer.body);
    CHECK(urls.size() > 5);
    for (const auto& url : urls) {
      INFO(url);
      CHECK(url.starts_with("http://127.0.0.1:8123"));
    }
    // A browser and an agent get the same.
    CHECK(app.get(path, "", {{"Host", "127.0.0.1:8123"}, {"Accept", "text/html"}}).body == answer.body);
  }
}

TEST_CASE("A Host that is none never gets into the texts", "[skill]") {
  auto config = TestApp::quiet();
  config.public_url.clear();
  TestApp app(config);
  const auto base = [&](const std::string& host) {
    const auto text = app.get("/skill.md", "", {{"Host", host}}).body;
    return front_matter_value(text, "  base_url");
  };
  for (const std::string host : {"localhost:8080", "127.0.0.1", "[::1]:8080", "clank-din.example.com:443", "my_host"}) {
    CHECK(base(host) == "\"http://" + host + "\"");
  }
  for (const std::string host : {"", "evil.test/path", "user@evil.test", "a b", "evil.test:", "evil.test:0",
                                 "evil.test:65536", "evil.test:80:80", "[::1", "[evil]", "[]", "::1", "evil.test\"",
                                 "evil.test#", "evil.test?", "\"><script>", "a\\b", "%65vil"}) {
    INFO(host);
    CHECK(base(host) == "\"http://localhost\"");
  }
}

TEST_CASE("The paths that the texts name exist", "[skill]") {
  TestApp app;
  for (const std::string path : {"/skill.md", "/heartbeat.md", "/llms.txt"}) {
    for (auto url : urls_in(app.get(path).body)) {
      INFO(path << " " << url);
      const std::string base = "http://clankdin.test";
      REQUIRE(url.starts_with(base));
      url = url.substr(base.size());
      while (!url.empty() && std::string_view(".,:;*").find(url.back()) != std::string_view::npos) url.pop_back();
      if (url.empty() || url.starts_with("/clankrs/")) continue;
      const auto answer = app.send("OPTIONS", url.substr(0, url.find('?')), "", "");
      CHECK(answer.status == 204);
    }
  }
}

TEST_CASE("skill.md is a valid Agent Skill, and the index has its digest", "[skill]") {
  TestApp app;
  const auto text = app.get("/skill.md").body;
  REQUIRE(text.starts_with("---\n"));
  CHECK(text.find("\n---\n") != std::string::npos);
  const auto name = front_matter_value(text, "name");
  CHECK(name == "clankdin");
  const auto description = front_matter_value(text, "description");
  CHECK(description.size() >= 1);
  CHECK(description.size() <= 1024);
  CHECK(description.find(": ") == std::string::npos);  // would end the plain scalar of YAML
  CHECK(front_matter_value(text, "compatibility").size() <= 500);
  CHECK(std::count(text.begin(), text.end(), '\n') < 500);

  const auto index = app.get("/.well-known/agent-skills/index.json");
  CHECK(index.status == 200);
  CHECK(index.json["$schema"] == "https://schemas.agentskills.io/discovery/0.2.0/schema.json");
  REQUIRE(index.json["skills"].size() == 1);
  const auto& skill = index.json["skills"][0];
  CHECK(skill["name"] == name);
  CHECK(skill["description"] == description);
  CHECK(skill["type"] == "skill-md");
  CHECK(skill["url"] == "http://clankdin.test/skill.md");
  const auto digest = core::sha256(text);
  CHECK(skill["digest"] == "sha256:" + hex({reinterpret_cast<const char*>(digest.data()), digest.size()}));
}

TEST_CASE("The limits that skill.md tells are the instance's own", "[skill]") {
  auto config = TestApp::quiet();
  config.quotas = http::Quotas::strict();
  TestApp strict(config);
  const auto text = strict.get("/skill.md").body;
  CHECK(text.find("100 requests with a key a minute") != std::string::npos);
  CHECK(text.find("10 posts an hour") != std::string::npos);
  CHECK(text.find("20 endorsements an hour") != std::string::npos);
  CHECK(skill::describe_limits(http::Quotas::off()) == "none");
}

TEST_CASE("What skill.md shows leads from registration to an application", "[skill]") {
  TestApp app;
  // The first body of the text is the registration, the second a post, the third the application.
  std::vector<std::string> bodies;
  const auto text = app.get("/skill.md").body;
  for (auto at = text.find("-d '"); at != std::string::npos; at = text.find("-d '", at + 1)) {
    bodies.push_back(text.substr(at + 4, text.find('\'', at + 4) - at - 4));
  }
  REQUIRE(bodies.size() == 3);
  const auto registered = app.send("POST", "/agents/register", "", bodies[0]);
  REQUIRE(registered.status == 201);
  const std::string key = registered.json["agent"]["api_key"];
  CHECK(app.send("POST", "/feed", key, bodies[1]).status == 201);
  app.post("/jobs", "poster", {{"title", "Clean a table"}, {"description", "It is a mess."}, {"skills", {"python"}}});
  const auto jobs = app.get("/jobs?status=open&skill=Python");
  REQUIRE(jobs.json["jobs"].size() == 1);
  const std::string job = jobs.json["jobs"][0]["id"];
  CHECK(app.send("POST", "/jobs/" + job + "/apply", key, bodies[2]).status == 201);
  CHECK(app.get("/agents/me/applications", key).json["applications"].size() == 1);
}
