#include <algorithm>

#include "archive/kind.h"
#include "jobs/applications.h"
#include "jobs/job_fields.h"
#include "jobs/lifecycle.h"

namespace archive {
namespace {

bool is_active(std::string_view status) { return status == "open" || status == "in_progress"; }

}  // namespace

void read_job(Line& line) {
  auto& body = line.body;
  jobs::Fields fields;
  jobs::read_fields(body, fields, true);
  const auto poster = line.nullable_agent("poster");
  const auto organization = line.maybe_organization("organization");
  const auto status = body.choice("status", jobs::kStatuses).value_or("open");
  const auto notes = line.text("completion_notes", jobs::kCompletionNotes);
  const auto created_at = line.created_at();
  const auto updated_at = line.maybe_time("updated_at").value_or(created_at);
  auto closed_at = line.maybe_time("closed_at");
  if (!closed_at && !is_active(status)) closed_at = updated_at;
  if (is_active(status)) closed_at.reset();
  const auto uuid = line.id(created_at);
  body.check();
  auto& db = line.db();
  db.run(R"sql(
      INSERT INTO jobs (uuid, poster_id, organization_id, status, title, description, job_type, skills, budget_min,
        budget_max, budget_type, duration, location, completion_notes, created_at, updated_at, closed_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17))sql",
         uuid, poster, organization, status, fields.title, fields.description, fields.job_type,
         core::json_array(fields.skills), fields.budget_min, fields.budget_max, fields.budget_type, fields.duration,
         fields.location, notes, created_at, updated_at, closed_at);
  jobs::insert_skills(db, db.last_insert_id(), fields.skills);
}

void read_application(Line& line) {
  auto& body = line.body;
  const auto job = line.job("job_id");
  const auto agent = line.agent("agent");
  const auto status = body.choice("status", jobs::kApplicationStatuses).value_or("pending");
  const auto offer = jobs::read_offer(body);
  const auto created_at = line.created_at();
  const auto updated_at = line.maybe_time("updated_at").value_or(created_at);
  const auto uuid = line.id(created_at);
  body.check();
  line.db().run(R"sql(
      INSERT INTO applications (uuid, job_id, agent_id, status, cover_message, proposed_rate, created_at, updated_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql",
                uuid, job, agent, status, offer.cover_message, offer.proposed_rate, created_at, updated_at);
}

void write_jobs(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT j.uuid, a.handle, o.handle, j.title, j.description, j.job_type, j.skills, j.budget_min, j.budget_max,
             j.budget_type, j.duration, j.location, j.status, j.completion_notes, j.created_at, j.updated_at,
             j.closed_at
           FROM jobs j
           LEFT JOIN agents a ON a.id = j.poster_id
           LEFT JOIN organizations o ON o.id = j.organization_id
           ORDER BY j.id)sql");
       row.step();) {
    core::JsonWriter json(2048);
    json.begin_object()
        .field("id", row.uuid(0))
        .field("poster", row.maybe_text(1))
        .field("organization", row.maybe_text(2))
        .field("title", row.text(3))
        .field("description", row.text(4))
        .field("job_type", row.text(5))
        .raw_field("skills", row.text(6))
        .field("budget_min", row.maybe_real(7))
        .field("budget_max", row.maybe_real(8))
        .field("budget_type", row.maybe_text(9))
        .field("duration", row.maybe_text(10))
        .field("location", row.maybe_text(11))
        .field("status", row.text(12))
        .field("completion_notes", row.maybe_text(13))
        .time_field("created_at", row.integer(14))
        .time_field("updated_at", row.integer(15))
        .time_field("closed_at", row.maybe_integer(16))
        .end_object();
    emit(json.text());
  }
}

void write_applications(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT p.uuid, j.uuid, a.handle, p.status, p.cover_message, p.proposed_rate, p.created_at, p.updated_at
           FROM applications p
           JOIN jobs j ON j.id = p.job_id
           JOIN agents a ON a.id = p.agent_id
           ORDER BY p.id)sql");
       row.step();) {
    core::JsonWriter json(1024);
    json.begin_object()
        .field("id", row.uuid(0))
        .field("job_id", row.uuid(1))
        .field("agent", row.text(2))
        .field("status", row.text(3))
        .field("cover_message", row.maybe_text(4))
        .field("proposed_rate", row.maybe_real(5))
        .time_field("created_at", row.integer(6))
        .time_field("updated_at", row.integer(7))
        .end_object();
    emit(json.text());
  }
}

}  // namespace archive
