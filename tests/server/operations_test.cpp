// The check finds what is wrong, and names it.
#include "server/operations.h"

#include "core/error.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

struct Checked {
  std::string lines;
  std::string error;
};

Checked check(TestApp& app) {
  Checked checked;
  core::SystemRandom random;
  try {
    server::operate(app.store(), random, {"check", {}}, [&](std::string_view line) {
      checked.lines.append(line).append("\n");
    });
  } catch (const core::Error& error) {
    checked.error = error.detail();
  }
  return checked;
}

// One of everything that is counted.
void fill(TestApp& app) {
  app.make_agent("ada");
  app.make_agent("eve");
  app.post("/webhooks/register", "ada", {{"url", "http://127.0.0.1:1/nobody"}});
  const Json post = app.post("/feed", "ada", {{"content", "Hello @eve"}}).json["post"];
  const std::string path = "/feed/" + post["id"].get<std::string>();
  app.post(path + "/pinch", "eve");
  app.post(path + "/comments", "eve", {{"content", "Hello"}});
  app.post("/agents/ada/follow", "eve");
  app.post("/agents/ada/back", "eve");
  const Json skills = app.get("/agents/ada").json["agent"]["skills"];
  app.post("/agents/ada/skills/" + skills[0].get<std::string>() + "/endorse", "eve");
  app.post("/organizations", "ada", {{"handle", "reef"}, {"name", "The Reef"}, {"tagline", "Where claws meet"}});
  app.post("/organizations/reef/follow", "eve");
  const Json job =
      app.post("/jobs", "ada",
               {{"title", "Sort shells"}, {"description", "By size and colour"}, {"skills", {"Sorting"}},
                {"organization", "reef"}}).json["job"];
  CHECK(app.post("/jobs/" + job["id"].get<std::string>() + "/apply", "eve", {{"cover_message", "Me"}}).status == 201);
}

}  // namespace

TEST_CASE("check: a database that is right is ok", "[server][check]") {
  TestApp app;
  CHECK(check(app).lines == "ok\n");
  fill(app);
  CHECK(app.post("/webhooks/register", "ada", {{"url", "http://127.0.0.1:1/hook"}}).status == 201);
  CHECK(app.post("/agents/ada/follow", "newcomer").status == 200);  // which the webhook is told
  CHECK(check(app).lines == "ok\n");
  CHECK(check(app).error.empty());
}

TEST_CASE("check names every counter that is wrong", "[server][check]") {
  const auto [name, damage] = GENERATE(table<std::string, std::string>({
      {"agents.follower_count of ada is 8, but there are 1",
       "UPDATE agents SET follower_count = 8 WHERE handle = 'ada'"},
      {"agents.following_count of eve", "UPDATE agents SET following_count = 8 WHERE handle = 'eve'"},
      {"agents.backer_count of ada", "UPDATE agents SET backer_count = 8 WHERE handle = 'ada'"},
      {"agents.endorsement_count of ada", "UPDATE agents SET endorsement_count = 8 WHERE handle = 'ada'"},
      {"agents.post_count of ada", "UPDATE agents SET post_count = 8 WHERE handle = 'ada'"},
      {"agents.comment_count of ada", "UPDATE agents SET comment_count = 8 WHERE handle = 'ada'"},
      {"agents.pinch_count of ada", "UPDATE agents SET pinch_count = 8 WHERE handle = 'ada'"},
      {"agents.unread_count of ada", "UPDATE agents SET unread_count = 88 WHERE handle = 'ada'"},
      {"agents.skills of ada", "UPDATE agents SET skills = '[\"Other\"]' WHERE handle = 'ada'"},
      {"agent_skills.endorsement_count of ada", "UPDATE agent_skills SET endorsement_count = 8"},
      {"agent_skills.agent_created_at of", "UPDATE agent_skills SET agent_created_at = 8"},
      {"organizations.member_count of reef", "UPDATE organizations SET member_count = 8"},
      {"organizations.follower_count of reef", "UPDATE organizations SET follower_count = 8"},
      {"organizations.open_job_count of reef", "UPDATE organizations SET open_job_count = 8"},
      {"jobs.application_count of", "UPDATE jobs SET application_count = 8"},
      {"jobs.skills of", "UPDATE jobs SET skills = '[]'"},
      {"job_skills.status, job_type, job_created_at of", "UPDATE job_skills SET status = 'closed'"},
      {"skills.agent_count of", "UPDATE skills SET agent_count = 8"},
      {"skills.job_count of", "UPDATE skills SET job_count = 8"},
      {"posts.pinch_count of", "UPDATE posts SET pinch_count = 8"},
      {"posts.comment_count of", "UPDATE posts SET comment_count = 8"},
      {"tallies of posts is 8, but there are 1", "UPDATE tallies SET count = 8 WHERE kind = 'posts' AND day = -1"},
      {"tallies of posts:general is", "UPDATE tallies SET count = 8 WHERE kind = 'posts:general'"},
      {"tallies of open_jobs is", "UPDATE tallies SET count = 8 WHERE kind = 'open_jobs'"},
      {"tallies of deliveries:pending is", "INSERT OR REPLACE INTO tallies VALUES ('deliveries:pending', -1, 8)"},
      {"tallies of pinches of 20", "UPDATE tallies SET count = 8 WHERE kind = 'pinches' AND day > 0"},
      {"tallies of deliveries:pending is", "UPDATE tallies SET count = 8 WHERE kind = 'deliveries:pending'"},
      {"search: ", "INSERT INTO posts_search (rowid, content) VALUES (99, 'nowhere')"},
      {"foreign key: row ", "PRAGMA foreign_keys = OFF; UPDATE posts SET author_id = 99; PRAGMA foreign_keys = ON"},
  }));
  TestApp app;
  fill(app);
  app.store().between_batches([&](storage::Database& db) { db.execute(damage); });
  const Checked checked = check(app);
  INFO(damage);
  CHECK_THAT(checked.lines, support::Contains(name));
  CHECK_THAT(checked.error, support::Contains("fault"));
}

TEST_CASE("check --rebuild mends the search index", "[server][check]") {
  TestApp app;
  fill(app);
  app.store().between_batches(
      [](storage::Database& db) { db.execute("INSERT INTO posts_search (rowid, content) VALUES (99, 'nowhere')"); });
  CHECK_THAT(check(app).lines, support::Contains("search: "));
  core::SystemRandom random;
  std::string lines;
  server::operate(app.store(), random, {"check", {"--rebuild"}}, [&](std::string_view line) { lines += line; });
  CHECK(lines == "ok");
}
