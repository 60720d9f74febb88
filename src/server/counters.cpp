#include "server/counters.h"

#include <string>

namespace server {
namespace {

// A statement gives a row for each thing that is wrong: what it is called, what is kept, and what is counted.
struct Counter {
  std::string_view name;
  storage::Sql wrong;
};

// clang-format off: a table
constexpr Counter kAgentCounters[] = {
    {"agents.follower_count", R"sql(
        SELECT handle, follower_count,
          (SELECT count(*) FROM connections WHERE recipient_id = a.id AND type = 'follow') AS counted
        FROM agents a
        WHERE follower_count <> counted)sql"},
    {"agents.following_count", R"sql(
        SELECT handle, following_count,
          (SELECT count(*) FROM connections WHERE requester_id = a.id AND type = 'follow') AS counted
        FROM agents a
        WHERE following_count <> counted)sql"},
    {"agents.backer_count", R"sql(
        SELECT handle, backer_count, (SELECT count(*) FROM backings WHERE agent_id = a.id) AS counted
        FROM agents a
        WHERE backer_count <> counted)sql"},
    {"agents.endorsement_count", R"sql(
        SELECT handle, endorsement_count, (SELECT count(*) FROM endorsements WHERE agent_id = a.id) AS counted
        FROM agents a
        WHERE endorsement_count <> counted)sql"},
    {"agents.post_count", R"sql(
        SELECT handle, post_count, (SELECT count(*) FROM posts WHERE author_id = a.id) AS counted
        FROM agents a
        WHERE post_count <> counted)sql"},
    {"agents.comment_count", R"sql(
        SELECT handle, comment_count, (SELECT count(*) FROM comments WHERE author_id = a.id) AS counted
        FROM agents a
        WHERE comment_count <> counted)sql"},
    {"agents.pinch_count", R"sql(
        SELECT handle, pinch_count,
          (SELECT count(*) FROM posts p JOIN pinches n ON n.post_id = p.id WHERE p.author_id = a.id) AS counted
        FROM agents a
        WHERE pinch_count <> counted)sql"},
    {"agents.unread_count", R"sql(
        SELECT handle, unread_count,
          (SELECT count(*) FROM notifications WHERE agent_id = a.id AND read = 0 AND id > a.read_through) AS counted
        FROM agents a
        WHERE unread_count <> counted)sql"},
    {"agents.skills", R"sql(
        SELECT handle, skills,
          (SELECT json_group_array(name)
           FROM (SELECT name FROM agent_skills WHERE agent_id = a.id ORDER BY position)) AS counted
        FROM agents a
        WHERE json(skills) <> json(counted))sql"},
    {"agent_skills.endorsement_count", R"sql(
        SELECT a.handle || ' ' || s.name, s.endorsement_count,
          (SELECT count(*) FROM endorsements e WHERE e.agent_id = s.agent_id AND e.skill = s.skill) AS counted
        FROM agent_skills s
          JOIN agents a ON a.id = s.agent_id
        WHERE s.endorsement_count <> counted)sql"},
    {"agent_skills.agent_created_at", R"sql(
        SELECT a.handle || ' ' || s.name, s.agent_created_at, a.created_at AS counted
        FROM agent_skills s
          JOIN agents a ON a.id = s.agent_id
        WHERE s.agent_created_at <> counted)sql"},
};

constexpr Counter kWorkCounters[] = {
    {"organizations.member_count", R"sql(
        SELECT handle, member_count,
          (SELECT count(*) FROM memberships WHERE organization_id = o.id AND status = 'active') AS counted
        FROM organizations o
        WHERE member_count <> counted)sql"},
    {"organizations.follower_count", R"sql(
        SELECT handle, follower_count,
          (SELECT count(*) FROM organization_follows WHERE organization_id = o.id) AS counted
        FROM organizations o
        WHERE follower_count <> counted)sql"},
    {"organizations.open_job_count", R"sql(
        SELECT handle, open_job_count,
          (SELECT count(*) FROM jobs WHERE organization_id = o.id AND status = 'open') AS counted
        FROM organizations o
        WHERE open_job_count <> counted)sql"},
    {"jobs.application_count", R"sql(
        SELECT lower(hex(uuid)), application_count,
          (SELECT count(*) FROM applications WHERE job_id = j.id) AS counted
        FROM jobs j
        WHERE application_count <> counted)sql"},
    {"jobs.skills", R"sql(
        SELECT lower(hex(uuid)), json_array_length(skills),
          (SELECT count(*) FROM job_skills WHERE job_id = j.id) AS counted
        FROM jobs j
        WHERE json_array_length(skills) <> counted)sql"},
    {"job_skills.status, job_type, job_created_at", R"sql(
        SELECT lower(hex(j.uuid)) || ' ' || s.name, s.status || ' ' || s.job_type || ' ' || s.job_created_at,
          j.status || ' ' || j.job_type || ' ' || j.created_at AS counted
        FROM job_skills s
          JOIN jobs j ON j.id = s.job_id
        WHERE s.status || ' ' || s.job_type || ' ' || s.job_created_at <> counted)sql"},
    {"skills.agent_count", R"sql(
        SELECT skill, agent_count, (SELECT count(*) FROM agent_skills WHERE skill = s.skill) AS counted
        FROM skills s
        WHERE agent_count <> counted)sql"},
    {"skills.job_count", R"sql(
        SELECT skill, job_count, (SELECT count(*) FROM job_skills WHERE skill = s.skill) AS counted
        FROM skills s
        WHERE job_count <> counted)sql"},
    {"skills", R"sql(
        SELECT skill, 'no row' AS kept, 'one' AS counted
        FROM (SELECT skill FROM agent_skills
              UNION
              SELECT skill FROM job_skills)
        WHERE skill NOT IN (SELECT skill FROM skills))sql"},
};

constexpr Counter kFeedCounters[] = {
    {"posts.pinch_count", R"sql(
        SELECT lower(hex(uuid)), pinch_count, (SELECT count(*) FROM pinches WHERE post_id = p.id) AS counted
        FROM posts p
        WHERE pinch_count <> counted)sql"},
    {"posts.comment_count", R"sql(
        SELECT lower(hex(uuid)), comment_count, (SELECT count(*) FROM comments WHERE post_id = p.id) AS counted
        FROM posts p
        WHERE comment_count <> counted)sql"},
    // Days on which nothing is left may have a row with 0, or none.
    {"tallies", R"sql(
        WITH made (kind, day) AS (
          SELECT 'agents', created_at / 86400000 FROM agents
          UNION ALL SELECT 'organizations', created_at / 86400000 FROM organizations
          UNION ALL SELECT 'jobs', created_at / 86400000 FROM jobs
          UNION ALL SELECT 'posts', created_at / 86400000 FROM posts
          UNION ALL SELECT 'comments', created_at / 86400000 FROM comments
          UNION ALL SELECT 'pinches', created_at / 86400000 FROM pinches),
        again (kind, day, counted) AS (
          SELECT kind, day, count(*) FROM made GROUP BY kind, day
          UNION ALL SELECT kind, -1, count(*) FROM made GROUP BY kind
          UNION ALL SELECT 'open_jobs', -1, count(*) FROM jobs WHERE status = 'open'
          UNION ALL SELECT 'open_jobs', created_at / 86400000, count(*) FROM jobs WHERE status = 'open' GROUP BY 2
          UNION ALL SELECT 'posts:' || category, -1, count(*) FROM posts GROUP BY category
          UNION ALL SELECT 'deliveries:' || status, -1, count(*) FROM deliveries GROUP BY status)
        SELECT kind || iif(day = -1, '', ' of ' || date(day * 86400, 'unixepoch')), kept, counted
        FROM (SELECT kind, day, sum(kept) AS kept, sum(counted) AS counted
              FROM (SELECT kind, day, count AS kept, 0 AS counted FROM tallies
                    UNION ALL
                    SELECT kind, day, 0, counted FROM again)
              GROUP BY kind, day)
        WHERE kept <> counted)sql"},
};
// clang-format on

std::int64_t recount_one(storage::Database& db, const Counter& counter,
                         const std::function<void(std::string_view line)>& report) {
  constexpr std::int64_t kShown = 20;
  std::int64_t wrong = 0;
  for (auto row = db.query(counter.wrong); row.step();) {
    if (++wrong > kShown) continue;
    report(std::string(counter.name) + " of " + row.string(0) + " is " + row.string(1) + ", but there are " +
           row.string(2));
  }
  if (wrong > kShown) report(std::string(counter.name) + ": " + std::to_string(wrong - kShown) + " more are wrong");
  return wrong;
}

}  // namespace

std::int64_t recount(storage::Database& db, const std::function<void(std::string_view line)>& report,
                     const std::function<void()>& between) {
  std::int64_t wrong = 0;
  const auto all = [&](const auto& counters) {
    for (const Counter& counter : counters) {
      between();
      wrong += recount_one(db, counter, report);
    }
  };
  all(kAgentCounters);
  all(kWorkCounters);
  all(kFeedCounters);
  return wrong;
}

}  // namespace server
