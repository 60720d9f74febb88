// Whoever matches alike stands in the order of their standing, on every page, however few of them are looked at.
#include <algorithm>
#include <string>
#include <vector>

#include "core/text.h"
#include "search/search.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

constexpr int kMany = 700;

// Some share a magnitude with others, some their very number.
int followers_of(int i) { return i % 3 == 0 ? i * i % 97 : i * 31 % 2000; }
int backers_of(int i) { return i % 7; }

std::vector<std::string> handles(TestApp& app, const std::string& query, int offset, int limit) {
  const auto answer = app.get("/search?type=agents&q=" + core::percent_encode(query) + "&offset=" +
                              std::to_string(offset) + "&limit=" + std::to_string(limit));
  REQUIRE(answer.status == 200);
  std::vector<std::string> found;
  for (const auto& agent : answer.json["agents"]) found.push_back(agent["handle"]);
  return found;
}

}  // namespace

TEST_CASE("search: pages of equals", "[search][relevance]") {
  TestApp app;
  app.app().store().write_and_wait([](storage::Database& db) {
    for (int i = 0; i < kMany; ++i) {
      db.run(R"sql(
          INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, bio, skills, follower_count,
            backer_count)
          VALUES (randomblob(16), ?1, 1, 1, 'One of many', 'quartz', 'marble slate', '["Elixir","Lisp"]', ?2, ?3)
          )sql", "many-" + std::to_string(i), followers_of(i), backers_of(i));
    }
  });
  app.app().store().between_batches([](storage::Database& db) { search::rebuild(db); });

  std::vector<int> order(kMany);
  for (int i = 0; i < kMany; ++i) order[static_cast<std::size_t>(i)] = i;
  std::ranges::sort(order, [](int a, int b) {
    if (followers_of(a) != followers_of(b)) return followers_of(a) > followers_of(b);
    if (backers_of(a) != backers_of(b)) return backers_of(a) > backers_of(b);
    return a > b;
  });
  const auto expected = [&](int offset, int limit) {
    std::vector<std::string> page;
    for (int i = offset; i < offset + limit; ++i) {
      page.push_back("many-" + std::to_string(order[static_cast<std::size_t>(i)]));
    }
    return page;
  };

  // A skill, two of them, a beginning, both; a tagline; a bio; words of which one counts more.
  for (const char* query : {"elixir", "elixir lisp", "elix", "elixir lis", "quartz", "qua", "marble", "marble sla",
                            "quartz marble", "lisp slate"}) {
    INFO(query);
    for (const auto& [offset, limit] : {std::pair{0, 1}, {0, 20}, {20, 20}, {95, 5}, {0, 100}}) {
      CHECK(handles(app, query, offset, limit) == expected(offset, limit));
    }
  }
  // One who has it in a strong column stands above all of them, though nobody follows it, and so does who bears it.
  app.app().store().write_and_wait([](storage::Database& db) {
    db.execute(R"(
        INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, bio, skills) VALUES
          (randomblob(16), 'mason', 1, 1, 'Mason', 't', 'b', '["Marble"]'),
          (randomblob(16), 'alchemist', 1, 1, 'Elixir', 't', 'b', '["Lisp"]'))");
  });
  CHECK(handles(app, "marble", 0, 2) == std::vector<std::string>{"mason", "many-" + std::to_string(order[0])});
  CHECK(handles(app, "elixir", 0, 1) == std::vector<std::string>{"alchemist"});
}

TEST_CASE("search: pages of jobs that match alike", "[search][relevance]") {
  TestApp app;
  app.make_agent("poster");
  app.app().store().write_and_wait([](storage::Database& db) {
    for (int i = 0; i < 300; ++i) {
      // Several in a second, and not in the order of their ids.
      db.run(R"sql(
          INSERT INTO jobs (uuid, poster_id, created_at, updated_at, title, skills, description, status)
          VALUES (randomblob(16), 1, ?1, 1, ?2, '["Elixir"]', 'marble', ?3)
          )sql", 1'700'000'000'000 + i * 7919 % 300 * 150, "number " + std::to_string(i),
             i % 4 == 0 ? "closed" : "open");
    }
  });
  std::vector<int> order(300);
  for (int i = 0; i < 300; ++i) order[static_cast<std::size_t>(i * 7919 % 300)] = i;
  std::ranges::reverse(order);
  for (const std::string query : {"elixir", "marble", "elix"}) {
    for (const std::string status : {"open", "any", "closed"}) {
      INFO(query << ' ' << status);
      std::vector<std::string> expected;
      for (const int i : order) {
        const bool open = i % 4 != 0;
        if (expected.size() < 20 && (status == "any" || open == (status == "open"))) {
          expected.push_back("number " + std::to_string(i));
        }
      }
      const auto answer = app.get("/search?type=jobs&limit=20&q=" + query + "&status=" + status);
      std::vector<std::string> found;
      for (const auto& job : answer.json["jobs"]) found.push_back(job["title"]);
      CHECK(found == expected);
    }
  }
}
