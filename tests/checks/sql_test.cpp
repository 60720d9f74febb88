#include "checks/sql.h"

#include <algorithm>

#include "support/catch.h"

namespace {

using checks::PlanException;
using checks::SqlLiteral;

// Who may read a whole table, and why that does no harm. What is listed here and not needed fails the test.
const std::vector<PlanException> kExceptions = {
    {"src/journal/deliveries.cpp", "FROM deliveries", "only tests and the operator look for deliveries by any filter"},
    {"src/feed/timeline.cpp", "WHERE author_id = ?1\n          AND created_at >= ?2\n          AND (pinch_count, id)",
     "sorts one author's posts of a week, which the rate limit of posting bounds"},
    {"src/archive/agents.cpp", "ORDER BY", "an export reads everything; no request does"},
    {"src/archive/feed.cpp", "ORDER BY", "an export reads everything; no request does"},
    {"src/archive/jobs.cpp", "ORDER BY", "an export reads everything; no request does"},
    {"src/archive/organizations.cpp", "ORDER BY", "an export reads everything; no request does"},
    {"src/archive/private.cpp", "ORDER BY", "an export reads everything; no request does"},
    {"src/archive/social.cpp", "ORDER BY", "an export reads everything; no request does"},
    {"src/server/counters.cpp", "counted", "counts everything again for an operator; no request does"},
    {"src/server/operations.cpp", "FROM agents", "lists every agent for an operator; no request does"},
    {"src/search/index.cpp", "suggestions", "compares or makes the whole index; no request does"},
    {"src/search/upkeep.cpp", "FROM posts_unindexed", "has the posts of one batch, and is empty after it"},
};

std::vector<std::string> plan_faults(const char* sql) {
  static const checks::PlanCheck check(R"(
    CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL, created_at INTEGER NOT NULL, text TEXT);
    CREATE INDEX posts_new ON posts (created_at, id);
    CREATE INDEX posts_author ON posts (author_id, created_at);
    CREATE VIRTUAL TABLE posts_text USING fts5 (text, content = '');
  )");
  return check.faults({"sample.cpp", 1, sql});
}

}  // namespace

TEST_CASE("every SQL literal compiles against the schema and stays flat as tables grow", "[checks][sql]") {
  const checks::PlanCheck check(checks::read("schema.sql").text);
  std::vector<bool> needed(kExceptions.size(), false);
  for (const checks::Source& source : checks::sources("src")) {
    for (const SqlLiteral& literal : checks::sql_literals(source)) {
      const auto faults = check.faults(literal);
      if (faults.empty()) continue;
      const auto exception =
          std::ranges::find_if(kExceptions, [&](const PlanException& one) { return checks::covers(one, literal); });
      if (exception != kExceptions.end()) {
        needed[static_cast<std::size_t>(exception - kExceptions.begin())] = true;
        continue;
      }
      INFO(literal.text);
      FAIL_CHECK(checks::joined(faults));
    }
  }
  for (std::size_t index = 0; index < kExceptions.size(); ++index) {
    INFO(kExceptions[index].path << ": " << kExceptions[index].part);
    CHECK(needed[index]);
  }
}

TEST_CASE("all SQL is written where the check sees it", "[checks][sql]") {
  for (const checks::Source& source : checks::sources("src")) {
    INFO(checks::joined(checks::stray_sql(source)));
    CHECK(checks::stray_sql(source).empty());
  }
}

TEST_CASE("the SQL check finds literals with their lines", "[checks][sql]") {
  const auto found = checks::sql_literals({"a.cpp", "x(R\"sql(SELECT 1)sql\");\n\ny(R\"sql(\n  SELECT 2\n)sql\");\n"});
  REQUIRE(found.size() == 2);
  CHECK(found[0].text == "SELECT 1");
  CHECK(found[0].line == 1);
  CHECK(found[1].text == "\n  SELECT 2\n");
  CHECK(found[1].line == 3);

  CHECK(checks::sql_literals({"a.cpp", "// like R\"sql(...)sql\"\n"}).empty());

  CHECK(checks::stray_sql({"a.cpp", "db.execute(\"DELETE FROM posts\");\n"}).size() == 1);
  CHECK(checks::stray_sql({"a.cpp", "throw Error(\"select an agent from the list\");\n"}).empty());
}

TEST_CASE("the SQL check lets flat statements pass", "[checks][sql]") {
  const char* sql = GENERATE("SELECT text FROM posts WHERE id = ?1",
                             "SELECT text FROM posts ORDER BY created_at DESC, id DESC LIMIT ?1",
                             "SELECT text FROM posts WHERE (created_at, id) < (?1, ?2)\n"
                             "ORDER BY created_at DESC, id DESC LIMIT ?3",
                             "SELECT p.text FROM json_each(?1) AS j JOIN posts AS p ON p.id = j.value",
                             "WITH mine AS MATERIALIZED (SELECT id FROM posts WHERE author_id = ?1)\n"
                             "SELECT * FROM mine",
                             "SELECT text FROM posts WHERE author_id = ?1 ORDER BY text",
                             "SELECT rowid FROM posts_text WHERE posts_text MATCH ?1 LIMIT 20",
                             "INSERT INTO posts (author_id, created_at) VALUES (?1, ?2)",
                             "UPDATE posts SET text = ?2 WHERE id = ?1", "PRAGMA user_version", "BEGIN IMMEDIATE");
  INFO(sql << "\n" << checks::joined(plan_faults(sql)));
  CHECK(plan_faults(sql).empty());
}

TEST_CASE("the SQL check refuses what grows or does not compile", "[checks][sql]") {
  const char* sql = GENERATE(
      "SELECT texd FROM posts WHERE id = ?1", "SELECT text FROM posts WHERE", "SELECT text FROM posts WHERE id = ?",
      "SELECT text FROM posts WHERE id = ?2", "SELECT text FROM posts WHERE id = :id", "SELECT count(*) FROM posts",
      "SELECT p.text FROM posts AS p WHERE p.text = ?1", "SELECT p.text FROM posts p WHERE p.text = ?1 LIMIT 1",
      "SELECT id FROM posts WHERE text = ?1 ORDER BY created_at LIMIT 20",
      "SELECT text FROM posts WHERE author_id = ?1 ORDER BY text LIMIT 20", "SELECT rowid FROM posts_text",
      "DELETE FROM posts WHERE text = ?1",
      "SELECT a.id FROM posts AS a, posts AS b WHERE a.id = ?1 AND b.text = a.text",
      "SELECT 1; SELECT text FROM posts");
  INFO(sql);
  CHECK(plan_faults(sql).size() == 1);
}
