#include <algorithm>
#include <atomic>
#include <thread>

#include "support/catch.h"
#include "support/events_heard.h"
#include "support/test_app.h"

namespace {

Json valid(const std::string& handle) {
  return {{"handle", handle}, {"name", "The " + handle}, {"tagline", "Builds things for tests"}};
}

Json found(TestApp& app, const std::string& handle, const std::string& lead, Json fields = Json::object()) {
  Json body = valid(handle);
  body.update(fields);
  const auto answer = app.post("/organizations", lead, body);
  REQUIRE(answer.status == 201);
  return answer.json["organization"];
}

std::vector<std::string> handles(const std::vector<Json>& items) {
  std::vector<std::string> out;
  for (const auto& item : items) out.push_back(item["handle"]);
  return out;
}

std::string open_job(TestApp& app, const std::string& organization, const std::string& poster) {
  const auto answer = app.post("/organizations/" + organization + "/jobs", poster,
                               {{"title", "Write tests"}, {"description", "Many of them, and good ones."}});
  REQUIRE(answer.status == 201);
  return answer.json["job"]["id"];
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("POST /organizations", "[organizations]") {
  TestApp app;
  SECTION("answers the organization, led by who founded it") {
    const auto answer = app.post("/organizations", "ada",
                                 {{"handle", "Clank-Lab"},
                                  {"name", " Clank Lab "},
                                  {"tagline", "Labs"},
                                  {"description", "Two\nlines"},
                                  {"industry", "AI Research"},
                                  {"size", "large"},
                                  {"website", "https://clank.example"},
                                  {"location", "Everywhere"},
                                  {"unknown", 1}});
    REQUIRE(answer.status == 201);
    CHECK(answer.header("Location") == "/organizations/clank-lab");
    const auto& organization = answer.json["organization"];
    CHECK(organization["handle"] == "clank-lab");
    CHECK(organization["name"] == "Clank Lab");
    CHECK(organization["tagline"] == "Labs");
    CHECK(organization["description"] == "Two\nlines");
    CHECK(organization["industry"] == "ai research");
    CHECK(organization["size"] == "large");
    CHECK(organization["website"] == "https://clank.example");
    CHECK(organization["location"] == "Everywhere");
    CHECK(organization["url"] == "http://clankdin.test/organizations/clank-lab");
    CHECK(organization["hiring"] == false);
    CHECK(organization["member_count"] == 1);
    CHECK(organization["follower_count"] == 0);
    CHECK(organization["open_job_count"] == 0);
    CHECK(organization["created_at"] == organization["updated_at"]);
    CHECK(organization["viewer"] == Json{{"following", false}, {"role", "lead"}});
    CHECK(app.get("/agents/ada").json["agent"]["organizations"] ==
          Json::array({{{"handle", "clank-lab"}, {"name", "Clank Lab"}, {"role", "lead"}, {"title", nullptr}}}));
  }
  SECTION("has defaults, and null for what is absent") {
    const auto organization = found(app, "lab", "ada", {{"industry", nullptr}});
    CHECK(organization["size"] == "small");
    for (const auto* field : {"description", "industry", "website", "location"}) CHECK(organization[field].is_null());
  }
  SECTION("names every bad field at once") {
    const Json bad = {{"handle", "me"},
                      {"name", "x"},
                      {"tagline", std::string(201, 'x')},
                      {"description", std::string(2001, 'x')},
                      {"industry", ""},
                      {"size", "huge"},
                      {"website", "ftp://x"},
                      {"location", std::string(101, 'x')}};
    const auto answer = app.post("/organizations", "ada", bad);
    CHECK(answer.status == 400);
    CHECK(answer.faulty_fields() ==
          Names{"description", "handle", "industry", "location", "name", "size", "tagline", "website"});
    CHECK(app.post("/organizations", "ada", Json::object()).faulty_fields() == Names{"handle", "name", "tagline"});
    CHECK(app.post("/organizations", "ada", {{"handle", 1}, {"name", 2}, {"tagline", {3}}}).faulty_fields() ==
          Names{"handle", "name", "tagline"});
    for (const auto* handle : {"-lab", "a", "with space", "jobs", "0123456789012345678901234567890"}) {
      CHECK(app.post("/organizations", "ada", valid(handle)).faulty_fields() == Names{"handle"});
    }
    CHECK(app.get("/organizations").json["organizations"].empty());
  }
  SECTION("refuses a taken handle, whatever its case; agents' handles are another name space") {
    found(app, "lab", "ada");
    CHECK(app.post("/organizations", "bob", valid("LAB")).status == 409);
    CHECK(app.post("/organizations", "bob", valid("ada")).status == 201);
  }
  SECTION("needs a key") { CHECK(app.post("/organizations", "", valid("lab")).status == 401); }
}

TEST_CASE("GET /organizations", "[organizations]") {
  TestApp app;
  const Names industries = {"ai", "robotics", "games"};
  const Names sizes = {"solo", "small", "medium", "large", "enterprise"};
  for (int i = 0; i < 30; ++i) {
    const auto handle = "org" + std::to_string(i);
    app.clock().advance(1000);
    found(
        app, handle, "ada",
        {{"industry", industries[static_cast<std::size_t>(i) % 3]}, {"size", sizes[static_cast<std::size_t>(i) % 5]}});
    if (i % 2 == 0) open_job(app, handle, "ada");
    for (int f = 0; f < i % 4; ++f) app.post("/organizations/" + handle + "/follow", "fan" + std::to_string(f));
  }
  SECTION("filters, in every combination and both orders, over all pages") {
    for (const std::string industry : {"", "ai", "robotics", "none"}) {
      for (const std::string hiring : {"", "true", "false"}) {
        for (const std::string size : {"", "small", "large"}) {
          for (const std::string sort : {"", "new", "followers"}) {
            std::vector<std::pair<int, int>> expected;
            for (int i = 29; i >= 0; --i) {
              if (!industry.empty() && industry != industries[static_cast<std::size_t>(i) % 3]) continue;
              if (!size.empty() && size != sizes[static_cast<std::size_t>(i) % 5]) continue;
              if (!hiring.empty() && (hiring == "true") != (i % 2 == 0)) continue;
              expected.emplace_back(sort == "followers" ? i % 4 : i, i);
            }
            std::sort(expected.rbegin(), expected.rend());
            Names names;
            for (const auto& [order, i] : expected) names.push_back("org" + std::to_string(i));
            std::string target = "/organizations?limit=4";
            if (!industry.empty()) target += "&industry=" + industry;
            if (!hiring.empty()) target += "&hiring=" + hiring;
            if (!size.empty()) target += "&size=" + size;
            if (!sort.empty()) target += "&sort=" + sort;
            INFO(target);
            CHECK(handles(all_pages(app, target, "organizations")) == names);
            const auto skipped = app.get(target + "&offset=2").json["organizations"];
            REQUIRE(skipped.size() == std::min<std::size_t>(4, names.size() - std::min<std::size_t>(2, names.size())));
            if (!skipped.empty()) CHECK(skipped[0]["handle"] == names[2]);
          }
        }
      }
    }
  }
  SECTION("compares industries without case") {
    CHECK(app.get("/organizations?industry=AI").json["organizations"].size() == 10);
  }
  SECTION("neither repeats nor skips when somebody founds, follows or hires in between") {
    for (const std::string sort : {"new", "followers"}) {
      const auto before = handles(all_pages(app, "/organizations?limit=100&sort=" + sort, "organizations"));
      Names seen;
      std::string cursor;
      for (int page = 0; page < 100; ++page) {
        const auto answer =
            app.get("/organizations?limit=7&sort=" + sort + (cursor.empty() ? "" : "&cursor=" + cursor)).json;
        for (const auto& organization : answer["organizations"]) seen.push_back(organization["handle"]);
        if (answer["next_cursor"].is_null()) break;
        cursor = answer["next_cursor"];
        app.post("/organizations/org" + std::to_string(page * 5) + "/follow", "late" + sort);
        found(app, sort + std::to_string(page), "bob");
      }
      for (const auto& handle : before) CHECK(std::count(seen.begin(), seen.end(), handle) == 1);
    }
  }
  SECTION("refuses bad parameters by name, and foreign cursors") {
    CHECK(app.get("/organizations?sort=best&size=tiny&hiring=maybe&limit=0").faulty_fields() ==
          Names{"hiring", "limit", "size", "sort"});
    const auto cursor = app.get("/organizations?limit=2").json["next_cursor"].get<std::string>();
    CHECK(app.get("/organizations?size=small&cursor=" + cursor).status == 400);
    CHECK(app.get("/organizations?offset=1&cursor=" + cursor).status == 400);
  }
}

TEST_CASE("GET /organizations/:handle", "[organizations]") {
  TestApp app;
  found(app, "lab", "ada");
  const auto job = open_job(app, "lab", "ada");
  const auto closed = open_job(app, "lab", "ada");
  app.patch("/jobs/" + closed, "ada", {{"status", "closed"}});
  const auto organization = app.get("/organizations/LAB").json["organization"];
  CHECK(organization["handle"] == "lab");
  CHECK(organization["hiring"] == true);
  CHECK(organization["open_job_count"] == 1);
  CHECK_FALSE(organization.contains("viewer"));
  REQUIRE(organization["members"].size() == 1);
  const auto& member = organization["members"][0];
  CHECK(member["handle"] == "ada");
  CHECK(member["profile_url"] == "http://clankdin.test/clankrs/ada");
  CHECK(member["role"] == "lead");
  CHECK(member["title"].is_null());
  CHECK(member["joined_at"].is_string());
  REQUIRE(organization["open_jobs"].size() == 1);
  CHECK(organization["open_jobs"][0]["id"] == job);
  CHECK(app.get("/organizations/lab", "bob").json["organization"]["viewer"] ==
        Json{{"following", false}, {"role", nullptr}});
  CHECK(app.get("/organizations/nobody").status == 404);
}

TEST_CASE("A lead changes or deletes the organization", "[organizations]") {
  TestApp app;
  found(app, "lab", "ada", {{"description", "Text"}, {"industry", "ai"}, {"size", "large"}, {"location", "Here"}});
  SECTION("by PATCH or PUT, field by field") {
    app.clock().advance(5000);
    const auto answer =
        app.patch("/organizations/lab", "ada", {{"name", "New name"}, {"industry", "Games"}, {"handle", "x1"}});
    CHECK(answer.status == 200);
    const auto& organization = answer.json["organization"];
    CHECK(organization["name"] == "New name");
    CHECK(organization["industry"] == "games");
    CHECK(organization["description"] == "Text");
    CHECK(organization["handle"] == "lab");
    CHECK(organization["updated_at"] > organization["created_at"]);
    CHECK(app.get("/organizations?industry=ai").json["organizations"].empty());
    const auto cleared =
        app.put("/organizations/lab", "ada",
                {{"description", nullptr}, {"industry", nullptr}, {"size", nullptr}, {"location", ""}});
    CHECK(cleared.status == 200);
    CHECK(cleared.json["organization"]["description"].is_null());
    CHECK(cleared.json["organization"]["industry"].is_null());
    CHECK(cleared.json["organization"]["size"] == "small");
    CHECK(cleared.json["organization"]["location"].is_null());
  }
  SECTION("with valid fields") {
    const auto answer = app.patch("/organizations/lab", "ada",
                                  {{"name", nullptr}, {"tagline", nullptr}, {"size", "x"}, {"website", "nowhere"}});
    CHECK(answer.status == 400);
    CHECK(answer.faulty_fields() == Names{"name", "size", "tagline", "website"});
  }
  SECTION("and nobody else") {
    for (const auto* role : {"core", "member", "affiliate"}) {
      app.post("/organizations/lab/members", "ada",
               {{"agent_handle", app.make_agent(role).json["agent"]["handle"]}, {"role", role}});
      REQUIRE(app.post("/organizations/lab/members/accept", role).status == 200);
      CHECK(app.patch("/organizations/lab", role, {{"name", "Mine"}}).status == 403);
      CHECK(app.del("/organizations/lab", role).status == 403);
    }
    CHECK(app.patch("/organizations/lab", "bob", {{"name", "Mine"}}).status == 403);
    CHECK(app.patch("/organizations/lab", "", {{"name", "Mine"}}).status == 401);
    CHECK(app.patch("/organizations/other", "ada", {{"name", "Mine"}}).status == 404);
    CHECK(app.del("/organizations/other", "ada").status == 404);
    CHECK(app.get("/organizations/lab").json["organization"]["name"] == "The lab");
  }
  SECTION("which closes its jobs") {
    const auto open = open_job(app, "lab", "ada");
    const auto taken = open_job(app, "lab", "ada");
    app.patch("/jobs/" + taken, "ada", {{"status", "in_progress"}});
    const auto cancelled = open_job(app, "lab", "ada");
    app.patch("/jobs/" + cancelled, "ada", {{"status", "cancelled"}});
    app.post("/organizations/lab/follow", "bob");
    CHECK(app.del("/organizations/lab", "ada").status == 204);
    CHECK(app.get("/organizations/lab").status == 404);
    CHECK(app.del("/organizations/lab", "ada").status == 404);
    for (const auto& id : {open, taken}) {
      const auto job = app.get("/jobs/" + id).json["job"];
      CHECK(job["status"] == "closed");
      CHECK(job["closed_at"].is_string());
      CHECK(job["organization"].is_null());
    }
    CHECK(app.get("/jobs/" + cancelled).json["job"]["status"] == "cancelled");
    CHECK(app.get("/agents/ada").json["agent"]["organizations"].empty());
    CHECK(app.post("/organizations", "bob", valid("lab")).status == 201);
    CHECK(app.get("/organizations/lab").json["organization"]["follower_count"] == 0);
  }
}

TEST_CASE("Organizations are followed", "[organizations]") {
  TestApp app;
  EventsHeard events(app);
  found(app, "lab", "ada");
  SECTION("once, however often that is said; the leads are told") {
    const auto answer = app.post("/organizations/lab/follow", "bob");
    CHECK(answer.status == 200);
    CHECK(answer.json == Json{{"following", true}, {"follower_count", 1}});
    CHECK(app.post("/organizations/lab/follow", "bob").json == answer.json);
    CHECK(events.take() == Names{"told org_follow bob>ada"});
    CHECK(events.last().message == "@bob follows The lab");
    CHECK(events.last().target.id == "lab");
    CHECK(Json::parse(events.last().data) ==
          Json{{"organization", "lab"}, {"organization_name", "The lab"}, {"follower", "bob"}});
    CHECK(app.get("/organizations/lab", "bob").json["organization"]["viewer"]["following"] == true);
    CHECK(app.get("/organizations/lab/followers").json["followers"][0]["handle"] == "bob");
  }
  SECTION("until they are not") {
    app.post("/organizations/lab/follow", "bob");
    events.take();
    CHECK(app.del("/organizations/lab/follow", "bob").json == Json{{"following", false}, {"follower_count", 0}});
    const auto again = app.del("/organizations/lab/follow", "bob");
    CHECK(again.status == 200);
    CHECK(again.json == Json{{"following", false}, {"follower_count", 0}});
    CHECK(events.take() == Names{"undone org_follow bob>all"});
  }
  SECTION("by their leads, too, who are not told of it") {
    CHECK(app.post("/organizations/lab/follow", "ada").json["follower_count"] == 1);
    CHECK(events.take().empty());
  }
  SECTION("by agents; a deleted one is not counted any more") {
    app.post("/organizations/lab/follow", "bob");
    CHECK(app.del("/agents/me", "bob").status == 204);
    CHECK(app.get("/organizations/lab").json["organization"]["follower_count"] == 0);
    CHECK(app.get("/organizations/lab/followers").json["followers"].empty());
  }
  SECTION("and listed newest first, in pages") {
    Names expected;
    for (int i = 0; i < 9; ++i) {
      app.clock().advance(1000);
      const auto fan = "fan" + std::to_string(i);
      app.post("/organizations/lab/follow", fan);
      expected.insert(expected.begin(), fan);
    }
    CHECK(handles(all_pages(app, "/organizations/lab/followers?limit=4", "followers")) == expected);
    CHECK(app.get("/organizations/lab/followers?offset=3&limit=2").json["followers"][0]["handle"] == "fan5");
  }
  SECTION("with refusals") {
    CHECK(app.post("/organizations/nobody/follow", "bob").status == 404);
    CHECK(app.del("/organizations/nobody/follow", "bob").status == 404);
    CHECK(app.get("/organizations/nobody/followers").status == 404);
    CHECK(app.post("/organizations/lab/follow", "").status == 401);
    CHECK(app.del("/organizations/lab/follow", "").status == 401);
  }
}

TEST_CASE("Races about organizations leave exact counts", "[organizations]") {
  TestApp app;
  found(app, "lab", "ada");
  Names agents;
  for (int i = 0; i < 16; ++i) {
    agents.push_back("racer" + std::to_string(i));
    app.make_agent(agents.back());
  }
  std::atomic<int> founded{0};
  std::vector<std::thread> threads;
  for (const auto& agent : agents) {
    threads.emplace_back([&app, &founded, agent] {
      if (app.post("/organizations", agent, valid("wanted")).status == 201) ++founded;
      for (int i = 0; i < 3; ++i) app.post("/organizations/lab/follow", agent);
      app.post("/organizations/lab/join", agent);
      app.post("/organizations/lab/members", "ada", {{"agent_handle", agent}});
      app.post("/organizations/lab/members", "ada", {{"agent_handle", "racer0"}});
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(founded == 1);
  const auto organization = app.get("/organizations/lab").json["organization"];
  CHECK(organization["follower_count"] == 16);
  CHECK(organization["member_count"] == 17);
  CHECK(all_pages(app, "/organizations/lab/members?limit=5", "members").size() == 17);
}
