#include "agents/agents.h"
#include "events/events.h"
#include "http/listing.h"
#include "http/query.h"
#include "organizations/organizations.h"

namespace organizations {

using namespace http;

namespace {

Reply follow_reply(storage::Database& db, const Organization& organization, bool following) {
  const auto count = db.integer(R"sql(
      SELECT follower_count
      FROM organizations
      WHERE id = ?1)sql",
                                organization.id);
  core::JsonWriter json(64);
  json.begin_object().field("following", following).field("follower_count", count.value_or(0)).end_object();
  return ok(json);
}

// To whom it is told is set by the caller.
events::Event follow_event(const Call& call, const Organization& organization) {
  core::JsonWriter data;
  data.begin_object()
      .field("organization", organization.handle)
      .field("organization_name", organization.name)
      .field("follower", call.caller.handle)
      .end_object();
  return {.kind = events::Kind::org_follow,
          .time = call.now,
          .actor = call.caller.id,
          .message = "@" + call.caller.handle + " follows " + organization.name,
          .target = {"organization", organization.handle, path_of(organization.handle)},
          .data = data.take(),
          .subject = std::to_string(organization.id)};
}

Reply follow(Call& call) {
  const auto organization = require(call.db(), call.parameter(0));
  const bool is_new = call.db().run(R"sql(
      INSERT INTO organization_follows (organization_id, agent_id, created_at)
      VALUES (?1, ?2, ?3)
      ON CONFLICT DO NOTHING)sql",
                                    organization.id, call.caller.id, call.now) > 0;
  if (is_new) tell(call, follow_event(call, organization), leads(call.db(), organization.id, call.caller.id));
  return follow_reply(call.db(), organization, true);
}

Reply unfollow(Call& call) {
  const auto organization = require(call.db(), call.parameter(0));
  const bool was_there = call.db().run(R"sql(
      DELETE FROM organization_follows
      WHERE organization_id = ?1
        AND agent_id = ?2)sql",
                                       organization.id, call.caller.id) > 0;
  // Taken back from everybody who was told, whoever leads now.
  if (was_there) call.retract(follow_event(call, organization));
  return follow_reply(call.db(), organization, false);
}

Reply list_followers(Call& call) {
  auto& db = call.db();
  const auto organization = require(db, call.parameter(0));
  Query query(call.request);
  const auto page = Page::read(query, "organizations/" + organization.handle + "/followers", 2);
  query.check();
  auto lines =
      lines_of(db.query(R"sql(
      SELECT created_at, agent_id
      FROM organization_follows
      WHERE organization_id = ?1
        AND (created_at, agent_id) < (?2, ?3)
      ORDER BY created_at DESC, agent_id DESC
      LIMIT ?4 OFFSET ?5)sql",
                        organization.id, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset));
  return list_reply("followers", page, std::move(lines), [&](core::JsonWriter& json, const Line& line) {
    agents::begin_summary(json, agents::summary(db, line.id).value_or(agents::Summary{}), call.base_url());
    json.time_field("followed_at", line.order).end_object();
  });
}

}  // namespace

Routes follow_routes() {
  return {
      {POST,
       "/organizations/:handle/follow",
       Access::agent,
       Limit::follow,
       Kind::write,
       follow,
       {"Follow an organization", "", "FollowAnswer"}},
      {DELETE,
       "/organizations/:handle/follow",
       Access::agent,
       Limit::general,
       Kind::write,
       unfollow,
       {"Stop following an organization", "", "FollowAnswer"}},
      {GET,
       "/organizations/:handle/followers",
       Access::open,
       Limit::general,
       Kind::read,
       list_followers,
       {"Who follows an organization", "", "FollowerPage"}},
  };
}

}  // namespace organizations
