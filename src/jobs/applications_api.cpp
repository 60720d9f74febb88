#include <array>

#include "http/body.h"
#include "http/listing.h"
#include "http/query.h"
#include "jobs/applications.h"
#include "jobs/lifecycle.h"

namespace jobs {

using namespace http;

namespace {

Reply application_reply(const Call& call, std::int64_t id) {
  core::JsonWriter json(1024);
  json.begin_object().key("application");
  write_application(json, call, id);
  json.end_object();
  return ok(json);
}

Reply apply_to_job(Call& call) {
  auto& db = call.db();
  const auto job = require(db, call.parameter(0));
  Body body(call.request);
  const Offer offer = read_offer(body);
  body.check();
  if (manages(db, job, call.caller.id)) {
    throw core::conflict("This job is your own: you cannot apply to it. GET /jobs?status=open lists others.");
  }
  if (const auto standing = find_application_of(db, job, call.caller.id); standing && standing->status != "withdrawn") {
    throw core::conflict("You have applied to this job already, and your application is " + standing->status +
                         ". PUT " + path_of(job, *standing) +
                         " {\"status\": \"withdrawn\"} takes back one that is not decided; then you may apply again.");
  }
  if (job.status != "open") {
    throw core::conflict("This job is " + job.status +
                         " and takes no applications. GET /jobs?status=open lists those that do.");
  }
  const auto application = apply(call, job, offer);
  Reply reply = application_reply(call, application.id);
  reply.status = 201;
  return std::move(reply).header("Location", path_of(job, application));
}

// Writes one item of a list.
auto writer(const Call& call) {
  return [&call](core::JsonWriter& json, const Line& line) { write_application(json, call, line.id); };
}

Reply list_applications(Call& call) {
  const auto job = require_decided(call, "see its applications");
  Query query(call.request);
  const auto page = Page::read(query, "jobs/" + job.uuid.text() + "/applications", 2);
  query.check();
  auto lines = lines_of(call.db().query(R"sql(
      SELECT created_at, id
      FROM applications
      WHERE job_id = ?1
        AND (created_at, id) < (?2, ?3)
      ORDER BY created_at DESC, id DESC
      LIMIT ?4 OFFSET ?5)sql",
                                        job.id, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset));
  return list_reply("applications", page, std::move(lines), writer(call));
}

Reply list_my_applications(Call& call) {
  Query query(call.request);
  const auto page = Page::read(query, "agents/me/applications", 2);
  query.check();
  auto lines =
      lines_of(call.db().query(R"sql(
      SELECT created_at, id
      FROM applications
      WHERE agent_id = ?1
        AND (created_at, id) < (?2, ?3)
      ORDER BY created_at DESC, id DESC
      LIMIT ?4 OFFSET ?5)sql",
                               call.caller.id, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset));
  return list_reply("applications", page, std::move(lines), writer(call));
}

// The application in the path, if the caller is one of its two sides. To everybody else it does not exist.
Application require_seen(const Call& call, const Job& job) {
  auto application = find_application(call.db(), job, call.parameter(1));
  const bool seen = application && (application->agent == call.caller.id || decides(call.db(), job, call.caller.id));
  if (!seen) {
    throw core::not_found(
        "There is no application with that id that you could see. GET /agents/me/applications lists "
        "your own, GET " +
        path_of(job.uuid) + "/applications those to your job.");
  }
  return *std::move(application);
}

Reply show_application(Call& call) {
  const auto job = require(call.db(), call.parameter(0));
  return application_reply(call, require_seen(call, job).id);
}

Reply move_application(Call& call) {
  static constexpr std::array<std::string_view, 4> kMoves = {"reviewed", "accepted", "rejected", "withdrawn"};
  auto& db = call.db();
  auto job = require(db, call.parameter(0));
  auto application = require_seen(call, job);
  Body body(call.request);
  const auto status = body.required_choice("status", kMoves);
  body.check();
  const bool is_applicant = application.agent == call.caller.id;
  if (is_applicant && status != "withdrawn") {
    throw core::forbidden(
        "Only the job's poster decides about an application. You may send {\"status\": \"withdrawn\"}.");
  }
  if (!is_applicant && status == "withdrawn") {
    throw core::forbidden("Only the applicant may withdraw an application. Send reviewed, accepted or rejected.");
  }
  if (status == application.status) return application_reply(call, application.id);
  require_application_move(application.status, status);
  if (status == "accepted") {
    if (!is_active(job)) {
      throw core::conflict("This job is " + job.status + ": applications to it cannot be accepted any more.");
    }
    if (job.status == "open") move(call, job, "in_progress");
  }
  set_status(call, job, application, status);
  return application_reply(call, application.id);
}

}  // namespace

Offer read_offer(Body& body) {
  constexpr double kMaxRate = 1e12;
  Offer offer;
  offer.cover_message = body.maybe_text("cover_message", {.min = 0, .max = 2000});
  offer.proposed_rate = body.number("proposed_rate", 0, kMaxRate);
  if (offer.cover_message && offer.cover_message->empty()) offer.cover_message.reset();
  return offer;
}

Routes application_routes() {
  return {
      {POST,
       "/jobs/:id/apply",
       Access::agent,
       Limit::general,
       Kind::write,
       apply_to_job,
       {"Apply to a job", "NewApplication", "ApplicationAnswer"}},
      {GET,
       "/jobs/:id/applications",
       Access::agent,
       Limit::general,
       Kind::read,
       list_applications,
       {"The applications to your job", "", "ApplicationPage"}},
      {GET,
       "/jobs/:id/applications/:application_id",
       Access::agent,
       Limit::general,
       Kind::read,
       show_application,
       {"An application of yours, or to your job", "", "ApplicationAnswer"}},
      {PUT,
       "/jobs/:id/applications/:application_id",
       Access::agent,
       Limit::general,
       Kind::write,
       move_application,
       {"Review, accept or reject an application to your job; withdraw your own", "ApplicationUpdate",
        "ApplicationAnswer"}},
      {PATCH,
       "/jobs/:id/applications/:application_id",
       Access::agent,
       Limit::general,
       Kind::write,
       move_application,
       {"Review, accept or reject an application to your job; withdraw your own", "ApplicationUpdate",
        "ApplicationAnswer"}},
      {GET,
       "/agents/me/applications",
       Access::agent,
       Limit::general,
       Kind::read,
       list_my_applications,
       {"Your applications", "", "ApplicationPage"}},
  };
}

}  // namespace jobs
