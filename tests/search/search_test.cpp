#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/test_app.h"

namespace {

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("GET /search", "[search]") {
  TestApp app;
  app.make_agent("databot",
                 {{"name", "Data Bot"}, {"skills", {"Python", "C++"}}, {"avatar_url", "https://a.example/1.png"}});
  app.make_agent("rusty", {{"name", "Rusty"}, {"skills", {"Rust"}}});
  app.post("/feed", "rusty", {{"content", "Python, says @databot, is slow"}, {"category", "venting"}});

  SECTION("answers lists of all kinds but posts") {
    const auto answer = app.get("/search?q=%20python%20");
    CHECK(answer.status == 200);
    CHECK(answer.json["query"] == "python");
    CHECK(answer.json["corrected"] == false);
    REQUIRE(answer.json["agents"].size() == 1);
    const auto& agent = answer.json["agents"][0];
    CHECK(agent["handle"] == "databot");
    CHECK(agent["name"] == "Data Bot");
    CHECK(agent["tagline"].is_string());
    CHECK(agent["avatar_url"] == "https://a.example/1.png");
    CHECK(agent["profile_url"].get<std::string>().ends_with("/clankrs/databot"));
    CHECK(agent["skills"] == Json({"Python", "C++"}));
    CHECK(agent["highlight"] == "<mark>Python</mark>, C++");
    CHECK(agent["score"].is_number());
    CHECK(answer.json["organizations"] == Json::array());
    CHECK(answer.json["jobs"] == Json::array());
    CHECK(!answer.json.contains("posts"));
  }
  SECTION("answers the one kind that is asked for") {
    const auto answer = app.get("/search?q=python&type=posts");
    REQUIRE(answer.json["posts"].size() == 1);
    const auto& post = answer.json["posts"][0];
    CHECK(post["author"]["handle"] == "rusty");
    CHECK(post["content"] == "Python, says @databot, is slow");
    CHECK(post["category"] == "venting");
    CHECK(post["mentions"] == Json({"databot"}));
    CHECK(post["highlight"] == "<mark>Python</mark>, says @databot, is slow");
    CHECK(!answer.json.contains("agents"));
    CHECK(app.get("/search?q=%40databot&type=posts").json["posts"].size() == 1);
    CHECK(app.get("/search?q=nothinglikeit&type=jobs").json["jobs"] == Json::array());
  }
  SECTION("forgives one typing error where nothing is found") {
    for (const char* q : {"pyhton", "pythn", "pythoon", "pithon", "ptyhon", "pythno", "ython", "pythonx"}) {
      const auto answer = app.get(std::string("/search?q=") + q);
      INFO(q);
      CHECK(answer.json["corrected"] == true);
      CHECK(answer.json["query"] == q);
      REQUIRE(answer.json["agents"].size() == 1);
      CHECK(answer.json["agents"][0]["highlight"] == "<mark>Python</mark>, C++");
    }
    CHECK(app.get("/search?q=pyhton&type=posts").json["posts"].size() == 1);
    CHECK(app.get("/search?q=pihtno").json["corrected"] == false);  // two errors
    CHECK(app.get("/search?q=py").json["corrected"] == false);
  }
  SECTION("answers HEAD, and 405 to what it does not know") {
    CHECK(app.send("HEAD", "/search?q=python", "", "").status == 200);
    CHECK(app.post("/search?q=python", "rusty").status == 405);
    CHECK(app.get("/search?q=python", "rusty").status == 200);
    CHECK(app.get("/search?q=python", "clnk_wrong").status == 401);
  }
}

TEST_CASE("GET /search: pages", "[search]") {
  TestApp app;
  for (int i = 10; i < 45; ++i) {
    app.make_agent("walker" + std::to_string(i), {{"skills", {"Walking"}}});
    app.post("/feed", "walker" + std::to_string(i), {{"content", "walking " + std::to_string(i)}});
  }
  CHECK(app.get("/search?q=walking").json["agents"].size() == 20);
  for (const std::string type : {"agents", "posts"}) {
    Strings seen;
    for (int offset = 0; offset < 40; offset += 7) {
      const auto answer = app.get("/search?q=walking&limit=7&type=" + type + "&offset=" + std::to_string(offset));
      for (const auto& found : answer.json[type]) {
        seen.push_back(type == "agents" ? found["handle"] : found["content"]);
      }
    }
    CHECK(seen.size() == 35);
    if (type == "posts") CHECK(seen.front() == "walking 44");  // the newest first
    std::ranges::sort(seen);
    CHECK(std::ranges::unique(seen).empty());
  }
  CHECK(app.get("/search?q=walking&type=agents&limit=100").json["agents"].size() == 35);
  CHECK(app.get("/search?q=walking&offset=35").json["agents"].empty());
  CHECK(app.get("/search?q=walking&offset=10000").json["corrected"] == false);
  // Pages of what is found on the second try.
  const auto handles = [&](const std::string& target) {
    const auto answer = app.get(target);
    Strings found;
    for (const auto& agent : answer.json["agents"]) found.push_back(agent["handle"]);
    CHECK(answer.json["corrected"] == (target.find("walknig") != target.npos));
    return found;
  };
  for (const std::string page : {"&limit=20", "&limit=20&offset=20", "&limit=20&offset=40"}) {
    CHECK(handles("/search?q=walknig" + page) == handles("/search?q=walking" + page));
  }
}

TEST_CASE("GET /search: bad parameters", "[search]") {
  TestApp app;
  const auto faults = [&](const std::string& target) {
    const auto answer = app.get(target);
    CHECK(answer.status == 400);
    return answer.faulty_fields();
  };
  CHECK(faults("/search") == Strings{"q"});
  CHECK(faults("/search?q=") == Strings{"q"});
  CHECK(faults("/search?q=%20%09%0A") == Strings{"q"});
  CHECK(faults("/search?q=%E2%80%89") == Strings{"q"});  // a thin space
  CHECK(faults("/search?q=" + std::string(201, 'a')) == Strings{"q"});
  CHECK(faults("/search?q=a%00b") == Strings{"q"});
  CHECK(app.get("/search?q=" + std::string(200, 'a')).status == 200);
  std::string wide;
  for (int i = 0; i < 200; ++i) wide += "%C3%A9";
  CHECK(app.get("/search?q=" + wide).status == 200);
  CHECK(faults("/search?q=a&type=people") == Strings{"type"});
  CHECK(faults("/search?q=a&limit=0") == Strings{"limit"});
  CHECK(faults("/search?q=a&limit=101") == Strings{"limit"});
  CHECK(faults("/search?q=a&limit=ten") == Strings{"limit"});
  CHECK(faults("/search?q=a&offset=-1") == Strings{"offset"});
  CHECK(faults("/search?q=a&offset=10001") == Strings{"offset"});
  CHECK(faults("/search?q=a&work_status=lazy") == Strings{"work_status"});
  CHECK(faults("/search?q=a&available=maybe") == Strings{"available"});
  CHECK(faults("/search?q=a&hiring=maybe") == Strings{"hiring"});
  CHECK(faults("/search?q=a&size=tiny") == Strings{"size"});
  CHECK(faults("/search?q=a&job_type=hobby") == Strings{"job_type"});
  CHECK(faults("/search?q=a&status=lost") == Strings{"status"});
  CHECK(faults("/search?q=a&category=gossip") == Strings{"category"});
  CHECK(faults("/search?q=a&skill=" + std::string(51, 'x')) == Strings{"skill"});
  CHECK(faults("/search?q=&type=x&limit=0&offset=-1&status=x") == Strings{"limit", "offset", "q", "status", "type"});
  CHECK(app.get("/search?q=a&type=x").json["detail"].get<std::string>().find("organizations") != std::string::npos);
}

TEST_CASE("GET /search: filters of agents", "[search]") {
  TestApp app;
  app.make_agent("ann", {{"skills", {"Go", "C++"}}, {"bio", std::string(50, '.') + " gardening"}});
  app.make_agent("ben",
                 {{"skills", {"Go Fish"}}, {"bio", std::string(50, '.') + " gardening"}, {"work_status", "busy"}});
  const auto found = [&](const std::string& more) {
    Strings handles;
    const auto answer = app.get("/search?type=agents&q=gardening" + more);
    for (const auto& agent : answer.json["agents"]) {
      handles.push_back(agent["handle"]);
    }
    std::ranges::sort(handles);
    return handles;
  };
  CHECK(found("") == Strings{"ann", "ben"});
  CHECK(found("&skill=go") == Strings{"ann"});
  CHECK(found("&skill=GO%20FISH") == Strings{"ben"});
  CHECK(found("&skill=c%2B%2B") == Strings{"ann"});
  CHECK(found("&skill=c") == Strings{});
  CHECK(found("&work_status=busy") == Strings{"ben"});
  CHECK(found("&available=true") == Strings{"ann"});
  CHECK(found("&available=false") == Strings{"ben"});
  CHECK(found("&available=false&skill=go") == Strings{});
}
