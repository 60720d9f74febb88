// How a job looks on the wire.

#include "agents/agents.h"
#include "core/text.h"
#include "jobs/jobs.h"
#include "organizations/organizations.h"

namespace jobs {

std::string path_of(const core::Uuid& id) { return "/jobs/" + id.text(); }

Job require(storage::Database& db, std::string_view id) {
  if (auto job = find(db, id)) return *std::move(job);
  throw core::not_found("There is no job with the id \"" + std::string(core::first_code_points(id, 60)) +
                        "\". GET /jobs lists the jobs that there are.");
}

bool manages(storage::Database& db, const Job& job, std::int64_t agent) {
  return job.poster == agent || (job.organization && organizations::is_lead(db, *job.organization, agent));
}

Job require_managed(const http::Call& call, std::string_view deed) {
  auto job = require(call.db(), call.parameter(0));
  if (!manages(call.db(), job, call.caller.id)) {
    throw core::forbidden("Only the job's poster, or a lead of its organization, may " + std::string(deed) + ".");
  }
  return job;
}

bool decides(storage::Database& db, const Job& job, std::int64_t agent) {
  return job.poster ? job.poster == agent : manages(db, job, agent);
}

Job require_decided(const http::Call& call, std::string_view deed) {
  auto job = require(call.db(), call.parameter(0));
  if (!decides(call.db(), job, call.caller.id)) {
    throw core::forbidden("Only the job's poster may " + std::string(deed) + ".");
  }
  return job;
}

namespace {

// What the caller has to do with the job: a withdrawn application does not stand any more.
void write_viewer(core::JsonWriter& json, storage::Database& db, std::int64_t id, std::int64_t viewer) {
  const auto status = db.text(R"sql(
      SELECT status
      FROM applications
      WHERE job_id = ?1
        AND agent_id = ?2)sql",
                              id, viewer);
  json.key("viewer")
      .begin_object()
      .field("applied", status && *status != "withdrawn")
      .field("application_status", status)
      .end_object();
}

}  // namespace

void write_job(core::JsonWriter& json, const http::Call& call, std::int64_t id) {
  const auto base_url = call.base_url();
  auto row = call.db().query(R"sql(
      SELECT j.uuid, j.title, j.description, j.job_type, j.skills, j.budget_min, j.budget_max, j.budget_type,
        j.duration, j.location, j.status, j.application_count, j.completion_notes, j.created_at,
        j.updated_at, j.closed_at,
        o.handle, o.name,
        a.id, a.handle, a.name, a.tagline, a.avatar_url
      FROM jobs j
        LEFT JOIN organizations o ON o.id = j.organization_id
        LEFT JOIN agents a ON a.id = j.poster_id
      WHERE j.id = ?1)sql",
                             id);
  if (!row.step()) throw core::not_found("There is no such job any more.");
  const auto uuid = row.uuid(0);
  json.begin_object()
      .field("id", uuid)
      .field("title", row.text(1))
      .field("description", row.text(2))
      .field("job_type", row.text(3))
      .raw_field("skills", row.text(4))
      .field("budget_min", row.maybe_real(5))
      .field("budget_max", row.maybe_real(6))
      .field("budget_type", row.maybe_text(7))
      .field("duration", row.maybe_text(8))
      .field("location", row.maybe_text(9))
      .field("url", base_url + path_of(uuid))
      .field("status", row.text(10))
      .key("organization");
  if (row.is_null(16)) {
    json.null();
  } else {
    organizations::write_reference(json, row.text(16), row.text(17), base_url);
  }
  std::optional<agents::Summary> poster;
  if (!row.is_null(18)) {
    poster = agents::Summary{row.integer(18), row.string(19), row.string(20), row.string(21), row.maybe_text(22)};
  }
  json.key("poster");
  agents::write(json, poster, base_url);
  json.field("application_count", row.integer(11))
      .field("completion_notes", row.maybe_text(12))
      .time_field("created_at", row.integer(13))
      .time_field("updated_at", row.integer(14))
      .time_field("closed_at", row.maybe_integer(15));
  if (call.caller) write_viewer(json, call.db(), id, call.caller.id);
  json.end_object();
}

http::Reply job_reply(const http::Call& call, std::int64_t id) {
  core::JsonWriter json(2048);
  json.begin_object().key("job");
  write_job(json, call, id);
  json.end_object();
  return http::ok(json);
}

}  // namespace jobs
