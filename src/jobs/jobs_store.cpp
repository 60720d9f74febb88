#include "core/json_writer.h"
#include "core/text.h"
#include "jobs/job_fields.h"
#include "jobs/jobs.h"
#include "organizations/organizations.h"

namespace jobs {

std::optional<Job> find(storage::Database& db, std::string_view id) {
  const auto uuid = core::parse_uuid(id);
  if (!uuid) return std::nullopt;
  auto row = db.query(R"sql(
      SELECT id, poster_id, organization_id, status, title
      FROM jobs
      WHERE uuid = ?1)sql",
                      *uuid);
  if (!row.step()) return std::nullopt;
  return Job{row.integer(0), *uuid, row.maybe_integer(1), row.maybe_integer(2), row.string(3), row.string(4)};
}

Fields fields_of(storage::Database& db, std::int64_t id) {
  Fields fields;
  auto row = db.query(R"sql(
      SELECT title, description, job_type, budget_min, budget_max, budget_type, duration, location
      FROM jobs
      WHERE id = ?1)sql",
                      id);
  if (!row.step()) throw core::not_found("There is no such job any more.");
  fields.title = row.string(0);
  fields.description = row.string(1);
  fields.job_type = row.string(2);
  fields.budget_min = row.maybe_real(3);
  fields.budget_max = row.maybe_real(4);
  fields.budget_type = row.maybe_text(5);
  fields.duration = row.maybe_text(6);
  fields.location = row.maybe_text(7);
  for (auto skill = db.query(R"sql(
           SELECT value
           FROM jobs, json_each(jobs.skills)
           WHERE jobs.id = ?1)sql",
                             id);
       skill.step();) {
    fields.skills.push_back(skill.string(0));
  }
  return fields;
}

namespace {

void close_jobs_of(storage::Database& db, std::int64_t organization, core::Time now) {
  db.run(R"sql(
      UPDATE jobs
      SET status = 'closed', closed_at = ?2, updated_at = ?2
      WHERE organization_id = ?1
        AND status IN ('open', 'in_progress'))sql",
         organization, now);
}

}  // namespace

void insert_skills(storage::Database& db, std::int64_t id, const std::vector<std::string>& skills) {
  for (const auto& skill : skills) {
    db.run(R"sql(
        INSERT INTO job_skills (job_id, skill, name, poster_id, organization_id, status, job_type, job_created_at)
        SELECT id, ?2, ?3, poster_id, organization_id, status, job_type, created_at
        FROM jobs
        WHERE id = ?1)sql",
           id, core::fold_case(skill), skill);
  }
}

std::int64_t insert(storage::Database& db, const NewJob& job) {
  const auto& fields = job.fields;
  db.run(R"sql(
      INSERT INTO jobs (uuid, poster_id, organization_id, title, description, job_type, skills, budget_min, budget_max,
        budget_type, duration, location, created_at, updated_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13))sql",
         job.uuid, job.poster, job.organization, fields.title, fields.description, fields.job_type,
         core::json_array(fields.skills), fields.budget_min, fields.budget_max, fields.budget_type, fields.duration,
         fields.location, job.created_at);
  const auto id = db.last_insert_id();
  insert_skills(db, id, fields.skills);
  return id;
}

void update(storage::Database& db, const Job& job, const Fields& fields, core::Time now) {
  const auto skills = core::json_array(fields.skills);
  const bool same_skills = db.exists(R"sql(
      SELECT 1
      FROM jobs
      WHERE id = ?1
        AND skills = ?2)sql",
                                     job.id, skills);
  db.run(R"sql(
      UPDATE jobs
      SET organization_id = ?2, title = ?3, description = ?4, job_type = ?5, skills = ?6, budget_min = ?7,
        budget_max = ?8, budget_type = ?9, duration = ?10, location = ?11, updated_at = ?12
      WHERE id = ?1)sql",
         job.id, job.organization, fields.title, fields.description, fields.job_type, skills, fields.budget_min,
         fields.budget_max, fields.budget_type, fields.duration, fields.location, now);
  if (same_skills) return;
  db.run(R"sql(
      DELETE FROM job_skills
      WHERE job_id = ?1)sql",
         job.id);
  insert_skills(db, job.id, fields.skills);
}

void settle(storage::Database& db, const events::Event& event) {
  if (event.kind == events::Kind::organization_leaving) {
    if (const auto organization = organizations::find(db, event.target.id)) {
      close_jobs_of(db, organization->id, event.time);
    }
  } else if (event.kind == events::Kind::agent_leaving) {
    db.run(R"sql(
        UPDATE jobs
        SET status = 'closed', closed_at = ?2, updated_at = ?2
        WHERE poster_id = ?1
          AND organization_id IS NULL
          AND status IN ('open', 'in_progress'))sql",
           event.actor, event.time);
    for (const auto organization : organizations::led_by_nobody_but(db, event.actor)) {
      close_jobs_of(db, organization, event.time);
    }
  }
}

}  // namespace jobs
