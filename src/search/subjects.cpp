#include "search/subjects.h"

#include <array>

namespace search {
namespace {

bool agents_have(storage::Database& db, std::string_view match) {
  return db.exists(R"sql(
      SELECT 1
      FROM agents_search
      WHERE agents_search MATCH ?1
      LIMIT 1)sql", match);
}

bool organizations_have(storage::Database& db, std::string_view match) {
  return db.exists(R"sql(
      SELECT 1
      FROM organizations_search
      WHERE organizations_search MATCH ?1
      LIMIT 1)sql", match);
}

bool jobs_have(storage::Database& db, std::string_view match) {
  return db.exists(R"sql(
      SELECT 1
      FROM jobs_search
      WHERE jobs_search MATCH ?1
      LIMIT 1)sql", match);
}

bool posts_have(storage::Database& db, std::string_view match) {
  return db.exists(R"sql(
      SELECT 1
      FROM posts_search
      WHERE posts_search MATCH ?1
      LIMIT 1)sql", match);
}

constexpr std::array<Subject, 4> kSubjects = {{
    {"agents", find_agents, write_agent, agents_have, kAgentsSegments},
    {"organizations", find_organizations, write_organization, organizations_have, kOrganizationsSegments},
    {"jobs", find_jobs, write_job, jobs_have, kJobsSegments},
    {"posts", find_posts, write_post, posts_have, kPostsSegments},
}};

}  // namespace

std::span<const Subject> subjects() { return kSubjects; }

double score_of(const Candidate& found) { return static_cast<double>(found.points) / 100.0; }

}  // namespace search
