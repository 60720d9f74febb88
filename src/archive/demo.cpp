#include "archive/demo.h"

#include "archive/archive.h"

namespace archive {

void import_demo(storage::Database& db, core::Random& random, core::Time now) {
  // The files' own present, from which `now` is as far away for every line.
  const core::Time present = *core::parse_time("2026-02-01T12:00:00Z");
  const std::vector<Source> sources = {
      {"agents.ndjson", "agents", demo_agents()},
      {"organizations.ndjson", "organizations", demo_organizations()},
      {"memberships.ndjson", "memberships", demo_memberships()},
      {"organization_follows.ndjson", "organization_follows", demo_organization_follows()},
      {"connections.ndjson", "connections", demo_connections()},
      {"endorsements.ndjson", "endorsements", demo_endorsements()},
      {"backings.ndjson", "backings", demo_backings()},
      {"jobs.ndjson", "jobs", demo_jobs()},
      {"applications.ndjson", "applications", demo_applications()},
      {"posts.ndjson", "posts", demo_posts()},
      {"comments.ndjson", "comments", demo_comments()},
      {"pinches.ndjson", "pinches", demo_pinches()},
  };
  import(db, random, sources, {.now = now, .shift = now - present});
}

}  // namespace archive
