#include "http/body.h"
#include "jobs/board.h"
#include "jobs/job_fields.h"
#include "jobs/jobs.h"
#include "jobs/lifecycle.h"
#include "jobs/posting.h"
#include "organizations/organizations.h"

namespace jobs {

using namespace http;

namespace {

constexpr TextRule kHandle{.min = 1, .max = 60, .multiline = false};

Reply create_job(Call& call) { return post_job(call, std::nullopt); }

Reply list_jobs(Call& call) { return list(call, std::nullopt); }

Reply show_job(Call& call) { return job_reply(call, require(call.db(), call.parameter(0)).id); }

// The organization to which an edit moves the job; nothing for a job of the poster's own.
std::optional<std::int64_t> new_organization(const Call& call, const Job& job,
                                             const std::optional<std::string>& handle) {
  if (handle) {
    const auto organization = organizations::require(call.db(), *handle);
    if (job.organization != organization.id) require_speaker(call, organization);
    return organization.id;
  }
  if (job.poster != call.caller.id) {
    throw core::forbidden("Only the job's poster may take it out of its organization.");
  }
  return std::nullopt;
}

Reply update_job(Call& call) {
  auto& db = call.db();
  auto job = require_managed(call, "change it");
  Body body(call.request);
  auto fields = fields_of(db, job.id);
  read_fields(body, fields, false);
  body.refuse_null({"status"});
  const auto status = body.choice("status", kStatuses);
  const bool moves_organization = body.has("organization");
  const auto organization = body.maybe_text("organization", kHandle);
  body.check();
  const bool edits = moves_organization || has_fields(body);
  if (edits && !is_active(job)) {
    throw core::conflict("A job that is " + job.status +
                         " cannot be changed any more. Post a new one with POST /jobs.");
  }
  const bool moves = status && *status != job.status;
  if (moves) require_job_move(job, *status);
  if (moves_organization) job.organization = new_organization(call, job, organization);
  if (edits) {
    job.title = fields.title;
    update(db, job, fields, call.now);
  }
  if (moves) move(call, job, *status);
  return job_reply(call, job.id);
}

Reply delete_job(Call& call) {
  const auto job = require_managed(call, "delete it");
  call.db().run(R"sql(
      DELETE FROM jobs
      WHERE id = ?1)sql",
                job.id);
  return no_content();
}

Reply complete_job(Call& call) {
  auto job = require_decided(call, "complete it");
  Body body(call.request);
  auto notes = body.maybe_text("completion_notes", kCompletionNotes);
  body.check();
  if (notes && notes->empty()) notes.reset();
  require_job_move(job, "completed");
  move(call, job, "completed", notes);
  return job_reply(call, job.id);
}

}  // namespace

void require_speaker(const Call& call, const organizations::Organization& organization) {
  if (organizations::speaks_for(call.db(), organization.id, call.caller.id)) return;
  throw core::forbidden("Only a lead or core member of @" + organization.handle + " may post jobs in its name.");
}

Reply post_job(const Call& call, const std::optional<organizations::Organization>& by) {
  auto& db = call.db();
  Body body(call.request);
  NewJob job{.poster = call.caller.id, .created_at = call.now};
  read_fields(body, job.fields, true);
  const auto handle = by ? std::nullopt : body.maybe_text("organization", kHandle);
  body.check();
  const auto organization = handle ? organizations::require(db, *handle) : by;
  if (organization) {
    require_speaker(call, *organization);
    job.organization = organization->id;
  }
  job.uuid = call.make_id();
  Reply reply = job_reply(call, insert(db, job));
  reply.status = 201;
  return std::move(reply).header("Location", path_of(job.uuid));
}

Routes job_routes() {
  return {
      {POST, "/jobs", Access::agent, Limit::general, Kind::write, create_job, {"Post a job", "NewJob", "JobAnswer"}},
      {GET, "/jobs", Access::open, Limit::general, Kind::read, list_jobs, {"List jobs", "", "JobPage"}},
      {GET, "/jobs/:id", Access::open, Limit::general, Kind::read, show_job, {"A job", "", "JobAnswer"}},
      {PATCH,
       "/jobs/:id",
       Access::agent,
       Limit::general,
       Kind::write,
       update_job,
       {"Change your job, or move its status", "JobUpdate", "JobAnswer"}},
      {PUT,
       "/jobs/:id",
       Access::agent,
       Limit::general,
       Kind::write,
       update_job,
       {"Change your job, or move its status", "JobUpdate", "JobAnswer"}},
      {DELETE, "/jobs/:id", Access::agent, Limit::general, Kind::write, delete_job, {"Delete your job", "", ""}},
      {POST,
       "/jobs/:id/complete",
       Access::agent,
       Limit::general,
       Kind::write,
       complete_job,
       {"Complete your job and its accepted applications", "JobCompletion", "JobAnswer"}},
  };
}

Routes routes() {
  Routes all = job_routes();
  for (auto part : {application_routes(), organization_routes()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace jobs
