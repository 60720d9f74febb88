// The index as a whole: is it right, and how it is made anew.
#include <regex>

#include "search/search.h"
#include "storage/store.h"

namespace search {
namespace {

// Throws storage::Failure if the part is not what its content says.
template <class Check>
void check_part(std::vector<std::string>& faults, const std::string& part, Check&& run) {
  try {
    run();
  } catch (const storage::Failure& failure) {
    faults.push_back("The search index of " + part + " is not that of its content (" + failure.what() + ").");
  }
}

// Part 2 of schema.sql.
std::string_view index_schema() {
  const std::string_view schema = storage::schema();
  return schema.substr(schema.find("-- Part 2:"));
}

}  // namespace

void drop(storage::Database& db) {
  static const std::regex kCreate(R"re((?:^|\n)CREATE (?:VIRTUAL )?(TABLE|VIEW|TRIGGER|INDEX) (\w+))re");
  const std::string schema(index_schema());
  std::string drops;
  for (std::sregex_iterator made(schema.begin(), schema.end(), kCreate), end; made != end; ++made) {
    const std::string drop = "DROP " + (*made)[1].str() + " IF EXISTS " + (*made)[2].str() + ";\n";
    drops.insert(0, drop);  // what was made last goes first
  }
  db.execute(drops);
}

namespace {

void fill(storage::Database& db) {
  db.run(R"sql(
      INSERT INTO suggestions (key, type, text, count)
      SELECT key, type, text, count
      FROM suggestions_content)sql");
  db.run(R"sql(DELETE FROM search_moves)sql");
  db.run(R"sql(
      INSERT INTO search_ranks (kind, id, rank)
      SELECT 'suggestion', id, magnitude(count - 1)
      FROM suggestions
      WHERE count > 1)sql");
  db.run(R"sql(
      INSERT INTO search_ranks (kind, id, rank)
      SELECT 'agent', id, magnitude(follower_count)
      FROM agents
      WHERE follower_count > 0)sql");
  db.run(R"sql(
      INSERT INTO search_ranks (kind, id, rank)
      SELECT 'organization', id, magnitude(follower_count)
      FROM organizations
      WHERE follower_count > 0)sql");
  db.run(R"sql(INSERT INTO suggestions_search (suggestions_search) VALUES ('rebuild'))sql");
  db.run(R"sql(INSERT INTO agents_search (agents_search) VALUES ('rebuild'))sql");
  db.run(R"sql(INSERT INTO organizations_search (organizations_search) VALUES ('rebuild'))sql");
  db.run(R"sql(INSERT INTO jobs_search (jobs_search) VALUES ('rebuild'))sql");
  db.run(R"sql(INSERT INTO posts_search (posts_search) VALUES ('rebuild'))sql");
}

}  // namespace

std::vector<std::string> check(storage::Database& db) {
  std::vector<std::string> faults;
  check_part(faults, "agents", [&] {
    db.run(R"sql(INSERT INTO agents_search (agents_search, rank) VALUES ('integrity-check', 1))sql");
  });
  check_part(faults, "organizations", [&] {
    db.run(R"sql(INSERT INTO organizations_search (organizations_search, rank) VALUES ('integrity-check', 1))sql");
  });
  check_part(faults, "jobs", [&] {
    db.run(R"sql(INSERT INTO jobs_search (jobs_search, rank) VALUES ('integrity-check', 1))sql");
  });
  check_part(faults, "posts", [&] {
    db.run(R"sql(INSERT INTO posts_search (posts_search, rank) VALUES ('integrity-check', 1))sql");
  });
  check_part(faults, "suggestions", [&] {
    db.run(R"sql(INSERT INTO suggestions_search (suggestions_search, rank) VALUES ('integrity-check', 1))sql");
  });
  const auto missing = db.integer(R"sql(
      SELECT count(*)
      FROM (SELECT key, type, count FROM suggestions_content EXCEPT SELECT key, type, count FROM suggestions)
      )sql").value_or(0);
  const auto stray = db.integer(R"sql(
      SELECT count(*)
      FROM (SELECT key, type, count FROM suggestions EXCEPT SELECT key, type, count FROM suggestions_content)
      )sql").value_or(0);
  if (missing + stray > 0) {
    faults.push_back("Of the suggestions " + std::to_string(missing) + " are missing or counted wrong, and " +
                     std::to_string(stray) + " should not be there as they are.");
  }
  return faults;
}

void make(storage::Database& db) {
  db.execute(std::string(index_schema()));
  fill(db);
}

void rebuild(storage::Database& db) {
  storage::Transaction transaction(db, storage::Transaction::Kind::write);
  drop(db);
  make(db);
  transaction.commit();
}

}  // namespace search
