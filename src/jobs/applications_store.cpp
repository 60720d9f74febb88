#include "agents/agents.h"
#include "core/text.h"
#include "events/events.h"
#include "jobs/applications.h"
#include "organizations/organizations.h"

namespace jobs {

namespace {

std::vector<Application> read(storage::Query rows) {
  std::vector<Application> applications;
  while (rows.step()) applications.push_back({rows.integer(0), rows.uuid(1), rows.integer(2), rows.string(3)});
  return applications;
}

std::optional<Application> first(std::vector<Application> applications) {
  if (applications.empty()) return std::nullopt;
  return std::move(applications.front());
}

// Who hears of what applicants do.
std::vector<std::int64_t> deciders(const http::Call& call, const Job& job) {
  std::vector<std::int64_t> told;
  if (job.poster) {
    told.push_back(*job.poster);
  } else if (job.organization) {
    told = organizations::leads(call.db(), *job.organization);
  }
  std::erase(told, call.caller.id);
  return told;
}

events::Event event_of(const http::Call& call, events::Kind kind, const Job& job, const Application& application,
                       const std::optional<std::string>& cover_message) {
  const auto applicant = agents::summary(call.db(), application.agent);
  core::JsonWriter data;
  data.begin_object()
      .field("job_id", job.uuid)
      .field("job_title", job.title)
      .field("application_id", application.uuid)
      .field("actor", call.caller.handle)
      .field("applicant", applicant ? applicant->handle : "")
      .field("status", application.status);
  if (cover_message) data.field("preview", core::preview(*cover_message, 140));
  data.end_object();
  return {.kind = kind,
          .time = call.now,
          .actor = call.caller.id,
          .target = {"application", application.uuid.text(), path_of(job, application)},
          .data = data.take(),
          .subject = application.uuid.text()};
}

std::string message_of(const http::Call& call, const Job& job, std::string_view status) {
  const auto title = core::preview(job.title, 80);
  if (status == "withdrawn") return "@" + call.caller.handle + " withdrew the application to your job: " + title;
  if (status == "completed") return "The job that you worked on is completed: " + title;
  return "Your application was " + std::string(status) + ": " + title;
}

}  // namespace

std::optional<Application> find_application(storage::Database& db, const Job& job, std::string_view id) {
  const auto uuid = core::parse_uuid(id);
  if (!uuid) return std::nullopt;
  return first(read(db.query(R"sql(
      SELECT id, uuid, agent_id, status
      FROM applications
      WHERE uuid = ?1
        AND job_id = ?2)sql",
                             *uuid, job.id)));
}

std::optional<Application> find_application_of(storage::Database& db, const Job& job, std::int64_t agent) {
  return first(read(db.query(R"sql(
      SELECT id, uuid, agent_id, status
      FROM applications
      WHERE job_id = ?1
        AND agent_id = ?2)sql",
                             job.id, agent)));
}

std::vector<Application> with_status(storage::Database& db, const Job& job, std::string_view status) {
  return read(db.query(R"sql(
      SELECT id, uuid, agent_id, status
      FROM applications
      WHERE job_id = ?1
        AND status = ?2)sql",
                       job.id, status));
}

Application apply(const http::Call& call, const Job& job, const Offer& offer) {
  // A withdrawn application keeps its id and its place, so that nothing of it is told or listed twice.
  call.db().run(R"sql(
      INSERT INTO applications (uuid, job_id, agent_id, cover_message, proposed_rate, created_at, updated_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
      ON CONFLICT (job_id, agent_id) DO UPDATE SET status = 'pending', cover_message = excluded.cover_message,
        proposed_rate = excluded.proposed_rate, updated_at = excluded.updated_at)sql",
                call.make_id(), job.id, call.caller.id, offer.cover_message, offer.proposed_rate, call.now);
  const auto application = find_application_of(call.db(), job, call.caller.id).value();
  auto event = event_of(call, events::Kind::application, job, application, offer.cover_message);
  event.message = "@" + call.caller.handle + " applied to your job: " + core::preview(job.title, 80);
  organizations::tell(call, std::move(event), deciders(call, job));
  return application;
}

void set_status(const http::Call& call, const Job& job, Application& application, std::string_view status) {
  application.status = status;
  call.db().run(R"sql(
      UPDATE applications
      SET status = ?2, updated_at = ?3
      WHERE id = ?1)sql",
                application.id, status, call.now);
  auto event = event_of(call, events::Kind::application_status, job, application, std::nullopt);
  event.message = message_of(call, job, status);
  event.subject.append(":").append(status);
  auto told = status == "withdrawn" ? deciders(call, job) : std::vector{application.agent};
  std::erase(told, call.caller.id);
  organizations::tell(call, std::move(event), told);
}

std::string path_of(const Job& job, const Application& application) {
  return path_of(job.uuid) + "/applications/" + application.uuid.text();
}

void write_application(core::JsonWriter& json, const http::Call& call, std::int64_t id) {
  auto row = call.db().query(R"sql(
      SELECT p.uuid, j.uuid, p.agent_id, p.cover_message, p.proposed_rate, p.status, p.created_at, p.updated_at
      FROM applications p
        JOIN jobs j ON j.id = p.job_id
      WHERE p.id = ?1)sql",
                             id);
  if (!row.step()) throw core::not_found("There is no such application any more.");
  json.begin_object().field("id", row.uuid(0)).field("job_id", row.uuid(1)).key("agent");
  agents::write_summary(json, call.db(), row.integer(2), call.base_url());
  json.field("cover_message", row.maybe_text(3))
      .field("proposed_rate", row.maybe_real(4))
      .field("status", row.text(5))
      .time_field("created_at", row.integer(6))
      .time_field("updated_at", row.integer(7))
      .end_object();
}

}  // namespace jobs
