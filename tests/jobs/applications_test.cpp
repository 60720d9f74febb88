#include <algorithm>
#include <atomic>
#include <thread>

#include "support/catch.h"
#include "support/events_heard.h"
#include "support/test_app.h"

namespace {

using Names = std::vector<std::string>;

std::string post_job(TestApp& app, const std::string& who, const Json& fields = Json::object()) {
  Json body = {{"title", "Write tests"}, {"description", "Many of them, and good ones."}};
  body.update(fields);
  const auto answer = app.post("/jobs", who, body);
  REQUIRE(answer.status == 201);
  return "/jobs/" + answer.json["job"]["id"].get<std::string>();
}

std::string apply(TestApp& app, const std::string& job, const std::string& who) {
  const auto answer = app.post(job + "/apply", who);
  REQUIRE(answer.status == 201);
  return answer.header("Location");
}

Json status_of(TestApp& app, const std::string& path, const std::string& who) {
  return app.get(path, who).json["application"]["status"];
}

void found(TestApp& app, const std::string& handle, const std::string& lead) {
  const Json body = {{"handle", handle}, {"name", "The " + handle}, {"tagline", "Builds things for tests"}};
  REQUIRE(app.post("/organizations", lead, body).status == 201);
}

}  // namespace

TEST_CASE("POST /jobs/:id/apply", "[jobs][applications]") {
  TestApp app;
  EventsHeard events(app);
  const auto job = post_job(app, "ada");
  SECTION("answers the application, and tells the poster") {
    const auto answer =
        app.post(job + "/apply", "bob", {{"cover_message", " I can do that. "}, {"proposed_rate", 12.5}});
    REQUIRE(answer.status == 201);
    const auto& application = answer.json["application"];
    CHECK(answer.header("Location") == job + "/applications/" + application["id"].get<std::string>());
    CHECK("/jobs/" + application["job_id"].get<std::string>() == job);
    CHECK(application["agent"]["handle"] == "bob");
    CHECK(application["cover_message"] == "I can do that.");
    CHECK(application["proposed_rate"] == 12.5);
    CHECK(application["status"] == "pending");
    CHECK(application["created_at"] == application["updated_at"]);
    CHECK(events.take() == Names{"told application bob>ada"});
    const auto event = events.last();
    CHECK(event.message == "@bob applied to your job: Write tests");
    CHECK(event.target.id == application["id"]);
    const auto data = Json::parse(event.data);
    CHECK(data["job_id"] == application["job_id"]);
    CHECK(data["application_id"] == application["id"]);
    CHECK(data["applicant"] == "bob");
    CHECK(data["preview"] == "I can do that.");
    const auto shown = app.get(job, "bob").json["job"];
    CHECK(shown["application_count"] == 1);
    CHECK(shown["viewer"] == Json{{"applied", true}, {"application_status", "pending"}});
    CHECK(app.get(job, "ada").json["job"]["viewer"]["applied"] == false);
  }
  SECTION("needs no body") {
    const auto application = app.post(job + "/apply", "bob").json["application"];
    CHECK(application["cover_message"].is_null());
    CHECK(application["proposed_rate"].is_null());
  }
  SECTION("refuses") {
    CHECK(app.post(job + "/apply", "bob", {{"cover_message", std::string(2001, 'x')}, {"proposed_rate", -1}})
              .faulty_fields() == Names{"cover_message", "proposed_rate"});
    CHECK(app.post(job + "/apply", "ada").status == 409);
    CHECK(app.post(job + "/apply", "").status == 401);
    CHECK(app.post("/jobs/none/apply", "bob").status == 404);
    apply(app, job, "bob");
    CHECK(app.post(job + "/apply", "bob").status == 409);
    app.patch(job, "ada", {{"status", GENERATE("in_progress", "filled", "closed", "cancelled")}});
    CHECK(app.post(job + "/apply", "cy").status == 409);
    CHECK(app.get(job).json["job"]["application_count"] == 1);
  }
  SECTION("and again after withdrawing, in the same place") {
    const auto path = apply(app, job, "bob");
    app.put(path, "bob", {{"status", "withdrawn"}});
    CHECK(app.get(job, "bob").json["job"]["viewer"] == Json{{"applied", false}, {"application_status", "withdrawn"}});
    const auto again = app.post(job + "/apply", "bob", {{"cover_message", "Second thoughts"}});
    CHECK(again.status == 201);
    CHECK(again.header("Location") == path);
    CHECK(again.json["application"]["status"] == "pending");
    CHECK(again.json["application"]["cover_message"] == "Second thoughts");
    CHECK(app.get(job).json["job"]["application_count"] == 1);
  }
  SECTION("but not after a rejection") {
    const auto path = apply(app, job, "bob");
    app.put(path, "ada", {{"status", "rejected"}});
    CHECK(app.post(job + "/apply", "bob").status == 409);
  }
}

TEST_CASE("Applications are seen by the two sides and by nobody else", "[jobs][applications]") {
  TestApp app;
  const auto job = post_job(app, "ada");
  const auto path = apply(app, job, "bob");
  const auto other = apply(app, job, "cy");
  CHECK(app.get(path, "ada").status == 200);
  CHECK(app.get(path, "bob").status == 200);
  CHECK(app.get(path, "cy").status == 404);
  CHECK(app.get(path, "dee").status == 404);
  CHECK(app.get(path).status == 401);
  CHECK(app.put(path, "cy", {{"status", "withdrawn"}}).status == 404);
  CHECK(app.put(path, "dee", {{"status", "accepted"}}).status == 404);
  CHECK(app.put(path, "", {{"status", "accepted"}}).status == 401);
  CHECK(app.get(job + "/applications", "bob").status == 403);
  CHECK(app.get(job + "/applications").status == 401);
  CHECK(app.get("/jobs/none/applications", "ada").status == 404);
  CHECK(app.get(job + "/applications/none", "ada").status == 404);
  const auto second = post_job(app, "ada");
  CHECK(app.get(second + path.substr(job.size()), "ada").status == 404);
  const auto all = app.get(job + "/applications", "ada").json["applications"];
  REQUIRE(all.size() == 2);
  CHECK(all[0]["agent"]["handle"] == "cy");
  const auto mine = app.get("/agents/me/applications", "bob").json["applications"];
  REQUIRE(mine.size() == 1);
  CHECK(mine[0]["id"] == all[1]["id"]);
  CHECK(app.get("/agents/me/applications", "ada").json["applications"].empty());
  CHECK(app.get("/agents/me/applications").status == 401);
}

TEST_CASE("Applications make only moves that make sense", "[jobs][applications]") {
  TestApp app;
  EventsHeard events(app);
  const auto job = post_job(app, "ada");
  const auto path = apply(app, job, "bob");
  events.take();
  SECTION("the poster reviews and accepts, which takes the job into progress") {
    CHECK(app.put(path, "ada", {{"status", "reviewed"}}).json["application"]["status"] == "reviewed");
    CHECK(events.take() == Names{"told application_status ada>bob"});
    CHECK(events.last().message == "Your application was reviewed: Write tests");
    CHECK(app.get(job).json["job"]["status"] == "open");
    const auto accepted = app.patch(path, "ada", {{"status", "accepted"}});
    CHECK(accepted.status == 200);
    CHECK(app.get(job).json["job"]["status"] == "in_progress");
    CHECK(events.take() == Names{"told application_status ada>bob"});
    CHECK(app.put(path, "ada", {{"status", "accepted"}}).json == accepted.json);
    CHECK(events.take().empty());
    CHECK(app.put(path, "ada", {{"status", "reviewed"}}).status == 409);
    CHECK(app.post(job + "/complete", "ada").status == 200);
    CHECK(status_of(app, path, "bob") == "completed");
    CHECK(events.take() == Names{"told application_status ada>bob"});
    CHECK(app.put(path, "bob", {{"status", "withdrawn"}}).status == 409);
  }
  SECTION("several can be accepted; only those are completed") {
    const auto second = apply(app, job, "cy");
    const auto third = apply(app, job, "dee");
    app.put(path, "ada", {{"status", "accepted"}});
    CHECK(app.put(second, "ada", {{"status", "accepted"}}).status == 200);
    app.patch(job, "ada", {{"status", "completed"}});
    CHECK(status_of(app, path, "ada") == "completed");
    CHECK(status_of(app, second, "ada") == "completed");
    CHECK(status_of(app, third, "ada") == "pending");
    CHECK(app.put(third, "ada", {{"status", "accepted"}}).status == 409);
    CHECK(app.put(third, "ada", {{"status", "rejected"}}).status == 200);
  }
  SECTION("a rejection is final") {
    CHECK(app.put(path, "ada", {{"status", "rejected"}}).status == 200);
    const auto answer = app.put(path, "ada", {{"status", "accepted"}});
    CHECK(answer.status == 409);
    CHECK(app.put(path, "bob", {{"status", "withdrawn"}}).status == 409);
    CHECK(app.get(job).json["job"]["status"] == "open");
  }
  SECTION("the applicant withdraws, and the poster is told") {
    CHECK(app.put(path, "bob", {{"status", "withdrawn"}}).json["application"]["status"] == "withdrawn");
    CHECK(events.take() == Names{"told application_status bob>ada"});
    CHECK(events.last().message == "@bob withdrew the application to your job: Write tests");
    CHECK(app.put(path, "ada", {{"status", "accepted"}}).status == 409);
    CHECK(app.put(path, "bob", {{"status", "withdrawn"}}).status == 200);
    CHECK(events.take().empty());
  }
  SECTION("a refusal lists the moves there are") {
    app.put(path, "ada", {{"status", "accepted"}});
    const auto answer = app.put(path, "ada", {{"status", "reviewed"}});
    CHECK_THAT(answer.json["detail"].get<std::string>(), support::Contains("rejected or withdrawn"));
  }
  SECTION("each side its own") {
    CHECK(app.put(path, "bob", {{"status", "accepted"}}).status == 403);
    CHECK(app.put(path, "ada", {{"status", "withdrawn"}}).status == 403);
    for (const auto& bad :
         {Json::object(), Json{{"status", "pending"}}, Json{{"status", "completed"}}, Json{{"status", 1}}}) {
      CHECK(app.put(path, "ada", bad).faulty_fields() == Names{"status"});
    }
    CHECK(status_of(app, path, "bob") == "pending");
    CHECK(events.take().empty());
  }
}

TEST_CASE("An organization's leads stand in for a poster that is gone", "[jobs][applications]") {
  TestApp app;
  EventsHeard events(app);
  found(app, "lab", "ada");
  app.key("cora");
  app.post("/organizations/lab/members", "ada", {{"agent_handle", "cora"}, {"role", "core"}});
  app.post("/organizations/lab/members/accept", "cora");
  const auto job = post_job(app, "cora", {{"organization", "lab"}});
  events.take();
  SECTION("but see and decide nothing while it is there") {
    const auto path = apply(app, job, "bob");
    CHECK(events.take() == Names{"told application bob>cora"});
    CHECK(app.get(job + "/applications", "ada").status == 403);
    CHECK(app.get(path, "ada").status == 404);
    CHECK(app.put(path, "ada", {{"status", "accepted"}}).status == 404);
    CHECK(app.post(job + "/complete", "ada").status == 403);
    CHECK(app.get(path, "bob").json["application"]["status"] == "pending");
    CHECK(app.post(job + "/apply", "ada").status == 409);
  }
  SECTION("and are told, and decide") {
    CHECK(app.del("/agents/me", "cora").status == 204);
    const auto path = apply(app, job, "bob");
    CHECK(events.take() == Names{"told application bob>ada"});
    CHECK(app.get(job + "/applications", "ada").json["applications"].size() == 1);
    CHECK(app.put(path, "ada", {{"status", "reviewed"}}).status == 200);
    events.take();
    app.put(path, "bob", {{"status", "withdrawn"}});
    CHECK(events.take() == Names{"told application_status bob>ada"});
  }
}

TEST_CASE("Applications are listed newest first, in pages", "[jobs][applications]") {
  TestApp app;
  const auto job = post_job(app, "ada");
  Names expected;
  for (int i = 0; i < 9; ++i) {
    app.clock().advance(1000);
    const auto who = "applicant" + std::to_string(i);
    apply(app, job, who);
    expected.insert(expected.begin(), who);
    apply(app, post_job(app, "ada"), "zoe");
  }
  Names seen;
  for (const auto& item : all_pages(app, job + "/applications?limit=4", "applications", "ada")) {
    seen.push_back(item["agent"]["handle"]);
  }
  CHECK(seen == expected);
  const auto mine = all_pages(app, "/agents/me/applications?limit=4", "applications", "zoe");
  REQUIRE(mine.size() == 9);
  CHECK(std::is_sorted(mine.begin(), mine.end(),
                       [](const Json& a, const Json& b) { return a["created_at"] > b["created_at"]; }));
  CHECK(app.get("/agents/me/applications?limit=0&offset=-1", "zoe").faulty_fields() == Names{"limit", "offset"});
  SECTION("that count without a deleted applicant") {
    app.del("/agents/me", "applicant3");
    CHECK(app.get(job).json["job"]["application_count"] == 8);
    CHECK(app.get(job + "/applications", "ada").json["applications"].size() == 8);
  }
}

TEST_CASE("Races for a job leave exact counts", "[jobs][applications]") {
  TestApp app;
  EventsHeard events(app);
  found(app, "lab", "ada");
  const auto job = post_job(app, "ada", {{"organization", "lab"}});
  const auto path = apply(app, job, "bob");
  Names agents;
  for (int i = 0; i < 16; ++i) {
    agents.push_back("racer" + std::to_string(i));
    app.make_agent(agents.back());
  }
  events.take();
  std::atomic<int> applied{0}, completed{0};
  std::vector<std::thread> threads;
  for (const auto& agent : agents) {
    threads.emplace_back([&, agent] {
      for (int i = 0; i < 3; ++i) {
        if (app.post(job + "/apply", agent).status == 201) ++applied;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  threads.clear();
  CHECK(applied == 16);
  CHECK(app.get(job).json["job"]["application_count"] == 17);
  CHECK(events.take().size() == 16);
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      app.put(path, "ada", {{"status", "accepted"}});
      if (app.post(job + "/complete", "ada").status == 200) ++completed;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(completed == 1);
  CHECK(events.take() == Names{"told application_status ada>bob", "told application_status ada>bob"});
  CHECK(app.get("/organizations/lab").json["organization"]["open_job_count"] == 0);
  CHECK(status_of(app, path, "bob") == "completed");
}
