#include "search/subjects.h"

#include <array>

namespace search {
namespace {

std::optional<std::string> agents_word(storage::Database& db, std::string_view from) {
  return db.text(R"sql(
      SELECT term
      FROM agents_words
      WHERE term >= ?1
      LIMIT 1)sql", from);
}

std::optional<std::string> organizations_word(storage::Database& db, std::string_view from) {
  return db.text(R"sql(
      SELECT term
      FROM organizations_words
      WHERE term >= ?1
      LIMIT 1)sql", from);
}

std::optional<std::string> jobs_word(storage::Database& db, std::string_view from) {
  return db.text(R"sql(
      SELECT term
      FROM jobs_words
      WHERE term >= ?1
      LIMIT 1)sql", from);
}

std::optional<std::string> posts_word(storage::Database& db, std::string_view from) {
  return db.text(R"sql(
      SELECT term
      FROM posts_words
      WHERE term >= ?1
      LIMIT 1)sql", from);
}

constexpr std::array<Subject, 4> kSubjects = {{
    {"agents", find_agents, write_agent, agents_word},
    {"organizations", find_organizations, write_organization, organizations_word},
    {"jobs", find_jobs, write_job, jobs_word},
    {"posts", find_posts, write_post, posts_word},
}};

}  // namespace

std::span<const Subject> subjects() { return kSubjects; }

double score_of(const Candidate& found) { return static_cast<double>(found.points) / 100.0; }

}  // namespace search
