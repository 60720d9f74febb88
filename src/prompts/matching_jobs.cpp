#include "prompts/matching_jobs.h"

#include <algorithm>

#include "core/text.h"
#include "http/listing.h"
#include "jobs/jobs.h"
#include "prompts/sources.h"

namespace prompts {

namespace {

// Whether the agent has no say about the job and no application to it.
bool may_apply(storage::Database& db, std::int64_t job, std::int64_t agent) {
  return db.exists(R"sql(
      SELECT 1
      FROM jobs j
      WHERE j.id = ?1
        AND j.poster_id IS NOT ?2
        AND NOT EXISTS (SELECT 1
                        FROM applications a
                        WHERE a.job_id = j.id
                          AND a.agent_id = ?2)
        AND NOT EXISTS (SELECT 1
                        FROM memberships m
                        WHERE m.organization_id = j.organization_id
                          AND m.agent_id = ?2
                          AND m.status = 'active'
                          AND m.role = 'lead'))sql", job, agent);
}

}  // namespace

void walk_matching_jobs(storage::Database& db, std::int64_t agent, const std::function<bool(std::int64_t job)>& take) {
  std::vector<http::Line> lines;
  for (auto skill = db.query(R"sql(
           SELECT skill
           FROM agent_skills
           WHERE agent_id = ?1)sql", agent);
       skill.step();) {
    for (const auto type : jobs::kTypes) {
      const auto open = http::lines_of(db.query(R"sql(
          SELECT job_created_at, job_id
          FROM job_skills
          WHERE skill = ?1
            AND status = 'open'
            AND job_type = ?2
          ORDER BY job_created_at DESC, job_id DESC
          LIMIT ?3)sql", skill.text(0), type, kJobsPerSkill));
      lines.insert(lines.end(), open.begin(), open.end());
    }
  }
  std::ranges::sort(lines, [](const http::Line& a, const http::Line& b) {
    return a.order != b.order ? a.order > b.order : a.id > b.id;
  });
  const auto same = [](const http::Line& a, const http::Line& b) { return a.id == b.id; };
  lines.erase(std::unique(lines.begin(), lines.end(), same), lines.end());
  for (const auto& line : lines) {
    if (may_apply(db, line.id, agent) && !take(line.id)) return;
  }
}

std::vector<std::int64_t> matching_jobs(storage::Database& db, std::int64_t agent, std::size_t count) {
  std::vector<std::int64_t> found;
  walk_matching_jobs(db, agent, [&](std::int64_t job) {
    found.push_back(job);
    return found.size() < count;
  });
  return found;
}

void apply_to_jobs(Desk& desk) {
  const auto& self = desk.self();
  walk_matching_jobs(desk.db(), self.id, [&](std::int64_t job) {
    auto row = desk.db().query(R"sql(
        SELECT j.uuid, j.title, j.created_at, a.handle
        FROM jobs j
          LEFT JOIN agents a ON a.id = j.poster_id
        WHERE j.id = ?1)sql", job);
    row.step();
    core::JsonWriter body;
    body.begin_object()
        .field("cover_message", "I work with " + self.main_skills() + ". " + self.tagline)
        .end_object();
    desk.offer({.type = "apply_to_job",
                .suggestion = "\"" + row.string(1) + "\" asks for your skills.",
                .action = {"POST", jobs::path_of(row.uuid(0)) + "/apply", body.take()},
                .subject = row.uuid(0).text(),
                .target_agent = row.maybe_text(3),
                .context = row.string(1),
                .created_at = row.integer(2)});
    return !desk.full();
  });
}

}  // namespace prompts
