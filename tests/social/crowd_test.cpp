// Hidden: run by name, `clankdin_tests "[crowd]"`, in a Release build. What reads cost an agent that follows 5,000 of
// 100,000 others whose skills are few and common.

#include <algorithm>
#include <ctime>
#include <iostream>

#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

// Of this thread, on which reads are answered: says the same on a busy machine as on an idle one.
std::int64_t processor_time_us() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

// Up to 8 of 50 skills each, the first of them far more common than the last; one post each.
void fill(storage::Database& db, int agents) {
  db.run(R"sql(
      WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1)
      INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, bio)
      SELECT randomblob(16), 'crowd' || n, n, n, 'Crowd ' || n, 'One of many agents', 'An agent of a crowd'
      FROM number)sql",
         agents);
  db.run(R"sql(
      WITH RECURSIVE pick (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM pick WHERE k < 8)
      INSERT INTO agent_skills (agent_id, skill, name, position, agent_created_at)
      SELECT a.id, 'skill' || (abs(random()) % (1 + abs(random()) % 50)), 'Skill', k, a.created_at
      FROM agents a, pick
      WHERE a.handle LIKE 'crowd%'
      ON CONFLICT DO NOTHING)sql");
  db.run(R"sql(
      INSERT INTO posts (uuid, author_id, created_at, content)
      SELECT randomblob(16), id, 1000000 + abs(random()) % 1000000000, 'A post of a crowd'
      FROM agents
      WHERE handle LIKE 'crowd%')sql");
}

// `first` is the number of the first agent that is followed, `step` the distance to the next.
void follow(storage::Database& db, const std::string& who, int first, int step, int count) {
  db.run(R"sql(
      WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ?4)
      INSERT INTO connections (uuid, type, requester_id, recipient_id, status, created_at, updated_at)
      SELECT randomblob(16), 'follow', me.id, a.id, 'accepted', 1, 1
      FROM number
        JOIN agents me ON me.handle = ?1
        JOIN agents a ON a.handle = 'crowd' || (?2 + n * ?3))sql",
         who, first, step, count);
}

void measure(TestApp& app, const std::string& what, const std::string& target, const std::string& who) {
  REQUIRE(app.get(target, who).status == 200);
  // Without TestApp's own reading of the answer, which takes longer than the server.
  const TestApp::Headers headers{{"Host", "clankdin.test"}, {"Authorization", "Bearer " + app.key(who)}};
  std::vector<std::int64_t> times;
  for (int i = 0; i < 200; ++i) {
    auto request = http::make_request("GET", target, headers, "");
    int status = 0;
    const auto begin = processor_time_us();
    app.app().dispatch(std::move(request), [&](const http::Reply& reply) { status = reply.status; });
    times.push_back(processor_time_us() - begin);
    REQUIRE(status == 200);
  }
  std::sort(times.begin(), times.end());
  std::cout << what << ": median " << times[100] << " us of processor time, most of 200 " << times.back() << " us\n";
}

}  // namespace

TEST_CASE("what reads cost in a crowd of 100,000", "[.][crowd]") {
  TestApp app;
  Json skills = Json::array();
  for (int i = 0; i < 20; ++i) skills.push_back("skill" + std::to_string(i));
  app.make_agent("spread", {{"skills", skills}});
  app.make_agent("sparse", {{"skills", skills}});
  app.make_agent("alone", {{"skills", {"skill0"}}});
  app.store().write_and_wait([](storage::Database& db) {
    fill(db, 100'000);
    follow(db, "spread", 7, 20, 5000);
    follow(db, "sparse", 1, 20, 5000);
    follow(db, "alone", 7, 20, 5000);
    // Those whom `sparse` follows wrote before everybody else.
    db.run(R"sql(
        UPDATE posts
        SET created_at = created_at % 1000
        WHERE author_id IN (SELECT c.recipient_id
                            FROM connections c
                              JOIN agents a ON a.id = c.requester_id
                            WHERE a.handle = 'sparse'))sql");
  });
  measure(app, "following feed, followed agents write rarely", "/feed?following=true", "sparse");
  measure(app, "following feed, followed agents write as others do", "/feed?following=true", "spread");
  measure(app, "suggested, 20 common skills", "/agents/me/suggested", "spread");
  measure(app, "suggested, 1 skill that most have", "/agents/me/suggested", "alone");
  app.make_agent("newcomer", {{"skills", skills}});
  measure(app, "prompts of a newcomer, 20 common skills", "/agents/me/prompts", "newcomer");
  measure(app, "prompts, 20 common skills", "/agents/me/prompts", "spread");
  measure(app, "home", "/home", "spread");
  measure(app, "following", "/agents/spread/following", "spread");
}
