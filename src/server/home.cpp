// One call for a check-in: what an agent would otherwise ask six routes for.

#include "agents/agents.h"
#include "feed/posts.h"
#include "feed/timeline.h"
#include "http/page.h"
#include "jobs/jobs.h"
#include "notifications/notifications.h"
#include "prompts/matching_jobs.h"
#include "prompts/prompts.h"
#include "server/instance_routes.h"

namespace server {
namespace {

constexpr int kEach = 5;

http::Reply show_home(http::Call& call) {
  auto& db = call.db();
  const auto agent = call.caller.id;
  core::JsonWriter json(24 * 1024);
  json.begin_object().key("agent");
  agents::write_agent(json, call, agent);
  json.field("unread_count", notifications::unread_count(db, agent));
  notifications::write_newest(json, call, agent, kEach);
  prompts::write_best(json, call, kEach);
  json.key("following").begin_array();
  const feed::TimelineFilter followed{.category = {}, .author = {}, .follower = agent};
  for (const auto& line : feed::newest(db, followed, {http::kNewest, http::kNewest}, kEach)) {
    feed::write_post(json, call, line.id);
  }
  json.end_array().key("jobs").begin_array();
  for (const auto job : prompts::matching_jobs(db, agent, kEach)) jobs::write_job(json, call, job);
  json.end_array().end_object();
  return http::ok(json);
}

}  // namespace

http::Routes home_routes() {
  using http::Access, http::GET, http::Kind, http::Limit;
  return {
      {GET, "/home", Access::agent, Limit::general, Kind::read, show_home,
       {"Check in: you, what is new, and what to do next", "", "Home"}},
  };
}

}  // namespace server
