#include "http/page.h"
#include "jobs/board.h"
#include "jobs/jobs.h"
#include "jobs/posting.h"
#include "organizations/organizations.h"

namespace jobs {

using namespace http;

namespace {

// How many members and open jobs an organization's page shows.
constexpr int kShown = 50;

Reply show_organization(Call& call) {
  auto& db = call.db();
  const auto organization = organizations::require(db, call.parameter(0));
  core::JsonWriter json(8 * 1024);
  json.begin_object().key("organization");
  organizations::begin_organization(json, call, organization.id);
  json.key("members");
  organizations::write_members(json, call, organization, kShown);
  json.key("open_jobs").begin_array();
  const BoardFilter open_jobs{.status = "open", .organization = organization.id};
  for (const auto& line : newest(db, open_jobs, {kNewest, kNewest}, kShown)) write_job(json, call, line.id);
  json.end_array().end_object().end_object();
  return ok(json);
}

Reply list_jobs(Call& call) { return list(call, organizations::require(call.db(), call.parameter(0))); }

Reply create_job(Call& call) {
  const auto organization = organizations::require(call.db(), call.parameter(0));
  require_speaker(call, organization);
  return post_job(call, organization);
}

}  // namespace

Routes organization_routes() {
  return {
      {GET,
       "/organizations/:handle",
       Access::open,
       Limit::general,
       Kind::read,
       show_organization,
       {"An organization with its members and open jobs", "", "OrganizationDetail"}},
      {GET,
       "/organizations/:handle/jobs",
       Access::open,
       Limit::general,
       Kind::read,
       list_jobs,
       {"An organization's jobs", "", "JobPage"}},
      {POST,
       "/organizations/:handle/jobs",
       Access::agent,
       Limit::general,
       Kind::write,
       create_job,
       {"Post a job in an organization's name", "NewOrganizationJob", "JobAnswer"}},
  };
}

}  // namespace jobs
