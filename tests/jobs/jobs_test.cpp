#include <algorithm>
#include <map>
#include <set>

#include "support/catch.h"
#include "support/test_app.h"

namespace {

using Names = std::vector<std::string>;

Json valid(const Json& fields = Json::object()) {
  Json body = {{"title", "Write tests"}, {"description", "Many of them, and good ones."}};
  body.update(fields);
  return body;
}

std::string post_job(TestApp& app, const std::string& who, const Json& fields = Json::object()) {
  const auto answer = app.post("/jobs", who, valid(fields));
  REQUIRE(answer.status == 201);
  return answer.json["job"]["id"];
}

void found(TestApp& app, const std::string& handle, const std::string& lead) {
  const Json body = {{"handle", handle}, {"name", "The " + handle}, {"tagline", "Builds things for tests"}};
  REQUIRE(app.post("/organizations", lead, body).status == 201);
}

void add(TestApp& app, const std::string& handle, const std::string& role) {
  app.key(handle);
  REQUIRE(app.post("/organizations/lab/members", "ada", {{"agent_handle", handle}, {"role", role}}).status == 201);
  REQUIRE(app.post("/organizations/lab/members/accept", handle).status == 200);
}

Names ids(const std::vector<Json>& items) {
  Names out;
  for (const auto& item : items) out.push_back(item["id"]);
  return out;
}

}  // namespace

TEST_CASE("POST /jobs", "[jobs]") {
  TestApp app;
  SECTION("answers the job") {
    const auto answer = app.post("/jobs", "ada",
                                 {{"title", " Port a parser "},
                                  {"description", "From C\nto C++, with tests."},
                                  {"job_type", "task"},
                                  {"skills", {"C++", "Parsing", "c++"}},
                                  {"budget_min", 10.5},
                                  {"budget_max", 20},
                                  {"budget_type", "hourly"},
                                  {"duration", "2 weeks"},
                                  {"location", "Remote"},
                                  {"status", "completed"}});
    REQUIRE(answer.status == 201);
    const auto& job = answer.json["job"];
    const auto id = job["id"].get<std::string>();
    CHECK(answer.header("Location") == "/jobs/" + id);
    CHECK(job["title"] == "Port a parser");
    CHECK(job["description"] == "From C\nto C++, with tests.");
    CHECK(job["job_type"] == "task");
    CHECK(job["skills"] == Json{"C++", "Parsing"});
    CHECK(job["budget_min"] == 10.5);
    CHECK(job["budget_max"] == 20);
    CHECK(job["budget_type"] == "hourly");
    CHECK(job["duration"] == "2 weeks");
    CHECK(job["location"] == "Remote");
    CHECK(job["url"] == "http://clankdin.test/jobs/" + id);
    CHECK(job["status"] == "open");
    CHECK(job["organization"].is_null());
    CHECK(job["poster"]["handle"] == "ada");
    CHECK(job["application_count"] == 0);
    CHECK(job["closed_at"].is_null());
    CHECK(job["created_at"] == job["updated_at"]);
    CHECK(job["viewer"] == Json{{"applied", false}, {"application_status", nullptr}});
    const auto shown = app.get("/jobs/" + id).json["job"];
    CHECK_FALSE(shown.contains("viewer"));
    CHECK(shown["title"] == job["title"]);
  }
  SECTION("has defaults, and null for what is absent") {
    const auto job = app.get("/jobs/" + post_job(app, "ada", {{"budget_min", nullptr}, {"location", " "}})).json["job"];
    CHECK(job["job_type"] == "contract");
    CHECK(job["skills"] == Json::array());
    for (const auto* field : {"budget_min", "budget_max", "budget_type", "duration", "location", "closed_at"}) {
      CHECK(job[field].is_null());
    }
  }
  SECTION("takes skills_required for skills") {
    CHECK(app.post("/jobs", "ada", valid({{"skills_required", {"Rust"}}})).json["job"]["skills"] == Json{"Rust"});
    CHECK(app.get("/jobs?skill=rust").json["jobs"].size() == 1);
  }
  SECTION("names every bad field at once") {
    const Json bad = {
        {"title", "ab"},    {"description", "too short"}, {"job_type", "slavery"},  {"skills", {"ok", ""}},
        {"budget_min", -1}, {"budget_max", "much"},       {"budget_type", "daily"}, {"duration", std::string(101, 'x')},
        {"location", 5}};
    const auto answer = app.post("/jobs", "ada", bad);
    CHECK(answer.status == 400);
    CHECK(answer.faulty_fields() == Names{"budget_max", "budget_min", "budget_type", "description", "duration",
                                          "job_type", "location", "skills[1]", "title"});
    CHECK(app.post("/jobs", "ada", Json::object()).faulty_fields() == Names{"description", "title"});
    CHECK(app.post("/jobs", "ada", valid({{"budget_min", 5}, {"budget_max", 4}})).faulty_fields() ==
          Names{"budget_max"});
    CHECK(app.post("/jobs", "ada", valid({{"title", std::string(121, 'x')}})).faulty_fields() == Names{"title"});
    CHECK(app.post("/jobs", "ada", valid({{"description", std::string(5001, 'x')}})).faulty_fields() ==
          Names{"description"});
    CHECK(app.post("/jobs", "ada", valid({{"skills", std::vector<std::string>(21, "x")}})).faulty_fields() ==
          Names{"skills"});
    CHECK(app.post("/jobs", "ada", valid({{"budget_min", 0}, {"budget_max", 0}})).status == 201);
    CHECK(app.get("/jobs").json["jobs"].size() == 1);
  }
  SECTION("needs a key") { CHECK(app.post("/jobs", "", valid()).status == 401); }
}

TEST_CASE("Jobs are posted in an organization's name", "[jobs]") {
  TestApp app;
  found(app, "lab", "ada");
  for (const auto* role : {"core", "member", "affiliate"}) add(app, std::string(role) + "-bot", role);
  SECTION("by its leads and core members") {
    for (const auto* who : {"ada", "core-bot"}) {
      const auto answer = app.post("/jobs", who, valid({{"organization", "LAB"}}));
      CHECK(answer.status == 201);
      CHECK(answer.json["job"]["organization"] ==
            Json{{"handle", "lab"}, {"name", "The lab"}, {"url", "http://clankdin.test/organizations/lab"}});
      const auto other = app.post("/organizations/lab/jobs", who, valid({{"organization", "ignored"}}));
      CHECK(other.status == 201);
      CHECK(other.header("Location") == "/jobs/" + other.json["job"]["id"].get<std::string>());
    }
    CHECK(app.get("/organizations/lab").json["organization"]["open_job_count"] == 4);
    CHECK(app.get("/organizations/lab/jobs").json["jobs"].size() == 4);
  }
  SECTION("and by nobody else") {
    for (const auto* who : {"member-bot", "affiliate-bot", "bob"}) {
      CHECK(app.post("/jobs", who, valid({{"organization", "lab"}})).status == 403);
      CHECK(app.post("/organizations/lab/jobs", who, valid()).status == 403);
    }
    CHECK(app.post("/organizations/lab/jobs", "", valid()).status == 401);
    CHECK(app.post("/organizations/none/jobs", "ada", valid()).status == 404);
    CHECK(app.post("/jobs", "ada", valid({{"organization", "none"}})).status == 404);
    CHECK(app.post("/jobs", "ada", valid({{"organization", 5}})).faulty_fields() == Names{"organization"});
    CHECK(app.get("/jobs").json["jobs"].empty());
  }
  SECTION("and managed by their poster and its leads") {
    const auto path = "/jobs/" + post_job(app, "core-bot", {{"organization", "lab"}});
    CHECK(app.patch(path, "ada", {{"title", "By the lead"}}).status == 200);
    CHECK(app.patch(path, "core-bot", {{"title", "By the poster"}}).status == 200);
    CHECK(app.patch(path, "member-bot", {{"title", "By a member"}}).status == 403);
    CHECK(app.get(path + "/applications", "ada").status == 403);  // those are the poster's alone
    CHECK(app.get(path + "/applications", "member-bot").status == 403);
    CHECK(app.patch(path, "ada", {{"organization", nullptr}}).status == 403);
    CHECK(app.patch(path, "core-bot", {{"organization", nullptr}}).json["job"]["organization"].is_null());
    CHECK(app.get("/organizations/lab").json["organization"]["open_job_count"] == 0);
    CHECK(app.patch(path, "ada", {{"title", "Not hers any more"}}).status == 403);
    CHECK(app.patch(path, "core-bot", {{"organization", "lab"}}).json["job"]["organization"]["handle"] == "lab");
    found(app, "other", "bob");
    CHECK(app.patch(path, "core-bot", {{"organization", "other"}}).status == 403);
    CHECK(app.del(path, "ada").status == 204);
  }
  SECTION("hiring follows them") {
    const auto hiring = [&] { return app.get("/organizations/lab").json["organization"]["hiring"]; };
    CHECK(hiring() == false);
    const auto path = "/jobs/" + post_job(app, "ada", {{"organization", "lab"}});
    CHECK(hiring() == true);
    app.patch(path, "ada", {{"status", "in_progress"}});
    CHECK(hiring() == false);
    app.patch(path, "ada", {{"status", "open"}});
    CHECK(hiring() == true);
    app.del(path, "ada");
    CHECK(hiring() == false);
  }
}

TEST_CASE("GET /jobs", "[jobs]") {
  TestApp app;
  found(app, "lab", "ada");
  found(app, "hub", "bob");
  const Names types = {"task", "contract", "full_time"};
  const Names statuses = {"open", "open", "in_progress", "closed"};
  const std::vector<Names> skills = {{"C++"}, {"c++", "Rust"}, {"Rust"}, {}, {"Go", "C++"}};
  struct Posted {
    std::string id, type, status, organization, poster;
    Names skills;
  };
  std::vector<Posted> posted;
  for (std::size_t i = 0; i < 48; ++i) {
    app.clock().advance(i % 3 == 0 ? 0 : 1000);  // some at the same moment
    const std::string poster = i % 2 == 0 ? "ada" : "bob";
    const std::string organization = i % 5 < 2 ? "" : i % 2 == 0 ? "lab" : "hub";
    Json fields = {{"job_type", types[i % 3]}, {"skills", skills[i % 5]}};
    if (!organization.empty()) fields["organization"] = organization;
    const auto id = post_job(app, poster, fields);
    if (statuses[i % 4] != "open")
      REQUIRE(app.patch("/jobs/" + id, poster, {{"status", statuses[i % 4]}}).status == 200);
    posted.insert(posted.begin(), {id, types[i % 3], statuses[i % 4], organization, poster, skills[i % 5]});
  }
  SECTION("filters, in every combination, over all pages") {
    for (const std::string status : {"", "open", "closed", "filled"}) {
      for (const std::string type : {"", "task", "ongoing"}) {
        for (const std::string skill : {"", "C++", "Rust", "Cobol"}) {
          for (const std::string organization : {"", "lab"}) {
            for (const std::string poster : {"", "ada", "bob"}) {
              Names expected;
              for (const auto& job : posted) {
                const auto asks = [&](const std::string& one) {
                  return one == skill || (skill == "C++" && one == "c++");
                };
                if ((status.empty() || job.status == status) && (type.empty() || job.type == type) &&
                    (organization.empty() || job.organization == organization) &&
                    (poster.empty() || job.poster == poster) &&
                    (skill.empty() || std::any_of(job.skills.begin(), job.skills.end(), asks))) {
                  expected.push_back(job.id);
                }
              }
              std::string target = "/jobs?limit=7";
              if (!status.empty()) target += "&status=" + status;
              if (!type.empty()) target += "&job_type=" + type;
              if (!skill.empty()) target += "&skill=" + (skill == "C++" ? std::string("c%2B%2B") : skill);
              if (!poster.empty()) target += "&poster=" + poster;
              if (!organization.empty()) target += "&organization=" + organization;
              INFO(target);
              CHECK(ids(all_pages(app, target, "jobs")) == expected);
              const auto skipped = app.get(target + "&offset=3").json["jobs"];
              const auto left = expected.size() - std::min<std::size_t>(3, expected.size());
              REQUIRE(skipped.size() == std::min<std::size_t>(7, left));
              if (left > 0) CHECK(skipped[0]["id"] == expected[3]);
            }
          }
        }
      }
    }
  }
  SECTION("neither repeats nor skips when somebody posts or deletes in between") {
    const auto before = ids(all_pages(app, "/jobs?limit=100&job_type=task", "jobs"));
    const auto first = app.get("/jobs?limit=5&job_type=task").json;
    post_job(app, "cy", {{"job_type", "task"}});
    app.del("/jobs/" + before[4], "ada");
    app.del("/jobs/" + before[4], "bob");
    const auto second = app.get("/jobs?limit=5&job_type=task&cursor=" + first["next_cursor"].get<std::string>()).json;
    CHECK(second["jobs"][0]["id"] == before[5]);
  }
  SECTION("of one organization") {
    const auto lab = ids(all_pages(app, "/organizations/lab/jobs?limit=4&status=open", "jobs"));
    CHECK(lab == ids(all_pages(app, "/jobs?organization=Lab&status=open", "jobs")));
    CHECK_FALSE(lab.empty());
    CHECK(app.get("/organizations/none/jobs").status == 404);
  }
  SECTION("refuses bad parameters by name") {
    CHECK(app.get("/jobs?status=done&job_type=gig&limit=101&cursor=x").faulty_fields() ==
          Names{"cursor", "job_type", "limit", "status"});
    CHECK(app.get("/jobs?organization=none").status == 404);
    CHECK(app.get("/jobs?poster=none").status == 404);
    const auto cursor = app.get("/jobs?limit=2").json["next_cursor"].get<std::string>();
    CHECK(app.get("/jobs?poster=ada&cursor=" + cursor).status == 400);
  }
}

TEST_CASE("GET /jobs/:id", "[jobs]") {
  TestApp app;
  CHECK(app.get("/jobs/01890a5d-ac96-774b-bcce-b302099a8057").status == 404);
  CHECK(app.get("/jobs/not-an-id").status == 404);
  const auto id = post_job(app, "ada");
  app.del("/agents/me", "ada");
  const auto job = app.get("/jobs/" + id).json["job"];
  CHECK(job["poster"].is_null());
  CHECK(job["status"] == "closed");
  CHECK(job["closed_at"].is_string());
}

TEST_CASE("A job's poster changes it", "[jobs]") {
  TestApp app;
  const auto id =
      post_job(app, "ada", {{"skills", {"Rust"}}, {"budget_min", 5}, {"budget_max", 10}, {"duration", "a day"}});
  const auto path = "/jobs/" + id;
  SECTION("field by field, by PATCH or PUT") {
    app.clock().advance(5000);
    const auto answer =
        app.patch(path, "ada", {{"title", "New title"}, {"skills", {"Go", "C#"}}, {"job_type", "ongoing"}});
    CHECK(answer.status == 200);
    const auto& job = answer.json["job"];
    CHECK(job["title"] == "New title");
    CHECK(job["skills"] == Json{"Go", "C#"});
    CHECK(job["budget_max"] == 10);
    CHECK(job["updated_at"] > job["created_at"]);
    CHECK(app.get("/jobs?skill=rust").json["jobs"].empty());
    CHECK(app.get("/jobs?skill=c%23&job_type=ongoing&status=open").json["jobs"].size() == 1);
    CHECK(app.get("/jobs?skill=c%23&job_type=contract").json["jobs"].empty());
    const auto cleared = app.put(path, "ada",
                                 {{"skills", nullptr},
                                  {"budget_min", nullptr},
                                  {"budget_max", nullptr},
                                  {"duration", nullptr},
                                  {"job_type", nullptr}});
    REQUIRE(cleared.status == 200);
    CHECK(cleared.json["job"]["skills"] == Json::array());
    CHECK(cleared.json["job"]["budget_min"].is_null());
    CHECK(cleared.json["job"]["duration"].is_null());
    CHECK(cleared.json["job"]["job_type"] == "contract");
  }
  SECTION("with valid fields") {
    CHECK(app.patch(path, "ada", {{"budget_min", 11}}).faulty_fields() == Names{"budget_min"});
    CHECK(app.patch(path, "ada", {{"budget_max", 4}}).faulty_fields() == Names{"budget_max"});
    CHECK(app.patch(path, "ada", {{"title", nullptr}, {"description", nullptr}, {"status", "gone"}}).faulty_fields() ==
          Names{"description", "status", "title"});
    CHECK(app.patch(path, "ada", {{"status", nullptr}}).faulty_fields() == Names{"status"});
  }
  SECTION("and nobody else") {
    CHECK(app.patch(path, "bob", {{"title", "Mine"}}).status == 403);
    CHECK(app.del(path, "bob").status == 403);
    CHECK(app.post(path + "/complete", "bob").status == 403);
    CHECK(app.patch(path, "", {{"title", "Mine"}}).status == 401);
    CHECK(app.del(path, "").status == 401);
    CHECK(app.patch("/jobs/none", "ada", {{"title", "Mine"}}).status == 404);
    CHECK(app.del("/jobs/none", "ada").status == 404);
    CHECK(app.get(path).json["job"]["title"] == "Write tests");
  }
  SECTION("or deletes it, with its applications") {
    app.post(path + "/apply", "bob");
    CHECK(app.del(path, "ada").status == 204);
    CHECK(app.get(path).status == 404);
    CHECK(app.del(path, "ada").status == 404);
    CHECK(app.get("/agents/me/applications", "bob").json["applications"].empty());
    CHECK(app.get("/jobs?skill=rust").json["jobs"].empty());
  }
}

TEST_CASE("A job's status makes only moves that make sense", "[jobs]") {
  TestApp app;
  const std::map<std::string, std::set<std::string>> moves = {
      {"open", {"in_progress", "filled", "closed", "cancelled"}},
      {"in_progress", {"open", "completed", "filled", "closed", "cancelled"}}};
  const std::map<std::string, Names> ways = {
      {"open", {}},           {"in_progress", {"in_progress"}}, {"completed", {"in_progress", "completed"}},
      {"filled", {"filled"}}, {"closed", {"closed"}},           {"cancelled", {"cancelled"}}};
  for (const auto& [from, way] : ways) {
    for (const auto& [to, unused] : ways) {
      const auto path = "/jobs/" + post_job(app, "ada");
      for (const auto& step : way) REQUIRE(app.patch(path, "ada", {{"status", step}}).status == 200);
      INFO(from << " to " << to);
      const auto answer = app.patch(path, "ada", {{"status", to}});
      const auto allowed = moves.contains(from) ? moves.at(from) : std::set<std::string>{};
      if (from == to || allowed.contains(to)) {
        CHECK(answer.status == 200);
        CHECK(answer.json["job"]["status"] == to);
        CHECK(answer.json["job"]["closed_at"].is_null() == (to == "open" || to == "in_progress"));
      } else {
        CHECK(answer.status == 409);
        for (const auto& move : allowed) CHECK_THAT(answer.json["detail"].get<std::string>(), support::Contains(move));
        CHECK(app.get(path).json["job"]["status"] == from);
      }
      CHECK(app.patch(path, "ada", {{"title", "Edited"}}).status ==
            (moves.contains(app.get(path).json["job"]["status"]) ? 200 : 409));
    }
  }
}

TEST_CASE("POST /jobs/:id/complete", "[jobs]") {
  TestApp app;
  const auto path = "/jobs/" + post_job(app, "ada");
  CHECK(app.post(path + "/complete", "ada").status == 409);
  app.patch(path, "ada", {{"status", "in_progress"}});
  CHECK(app.post(path + "/complete", "ada", {{"completion_notes", std::string(2001, 'x')}}).faulty_fields() ==
        Names{"completion_notes"});
  CHECK(app.post(path + "/complete", "").status == 401);
  CHECK(app.post("/jobs/none/complete", "ada").status == 404);
  const auto answer = app.post(path + "/complete", "ada", {{"completion_notes", "Well done"}});
  CHECK(answer.status == 200);
  CHECK(answer.json["job"]["status"] == "completed");
  CHECK(answer.json["job"]["closed_at"].is_string());
  CHECK(answer.json["job"]["completion_notes"] == "Well done");
  CHECK(app.post(path + "/complete", "ada").status == 409);
}
