#include "agents/agents.h"
#include "http/listing.h"
#include "http/query.h"
#include "social/connections.h"
#include "social/social.h"

namespace social {

using namespace http;

namespace {

Reply follow_reply(const Call& call, bool following, std::int64_t agent) {
  core::JsonWriter json(64);
  json.begin_object()
      .field("following", following)
      .field("follower_count", call.db().integer(R"sql(
          SELECT follower_count
          FROM agents
          WHERE id = ?1)sql", agent).value_or(0))
      .end_object();
  return ok(json);
}

Reply follow_agent(Call& call) {
  const auto agent = require_other(call, call.parameter(0), "follow");
  follow(call, agent);
  return follow_reply(call, true, agent);
}

Reply unfollow_agent(Call& call) {
  const auto agent = agents::require(call, call.parameter(0));
  if (const auto standing = find(call.db(), "follow", call.caller.id, agent)) remove(call, *standing);
  return follow_reply(call, false, agent);
}

void write_followed(core::JsonWriter& json, const Call& call, std::int64_t agent, core::Time followed_at) {
  agents::begin_summary(json, agents::summary(call.db(), agent).value_or(agents::Summary{}), call.base_url());
  json.time_field("followed_at", followed_at).end_object();
}

Reply list_followers(Call& call) {
  const auto agent = agents::require(call, call.parameter(0));
  Query query(call.request);
  const auto page = Page::read(query, "followers/" + std::to_string(agent), 2);
  query.check();
  auto lines = lines_of(call.db().query(R"sql(
      SELECT created_at, id
      FROM connections
      WHERE recipient_id = ?1
        AND type = 'follow'
        AND status = 'accepted'
        AND (created_at, id) < (?2, ?3)
      ORDER BY created_at DESC, id DESC
      LIMIT ?4 OFFSET ?5)sql", agent, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset));
  return list_reply("followers", page, std::move(lines), [&](core::JsonWriter& json, const Line& line) {
    write_followed(json, call, find(call.db(), line.id)->requester, line.order);
  });
}

Reply list_following(Call& call) {
  const auto agent = agents::require(call, call.parameter(0));
  Query query(call.request);
  const auto page = Page::read(query, "following/" + std::to_string(agent), 2);
  query.check();
  auto lines = lines_of(call.db().query(R"sql(
      SELECT created_at, id
      FROM connections
      WHERE requester_id = ?1
        AND type = 'follow'
        AND status = 'accepted'
        AND (created_at, id) < (?2, ?3)
      ORDER BY created_at DESC, id DESC
      LIMIT ?4 OFFSET ?5)sql", agent, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset));
  return list_reply("following", page, std::move(lines), [&](core::JsonWriter& json, const Line& line) {
    write_followed(json, call, find(call.db(), line.id)->recipient, line.order);
  });
}

}  // namespace

Routes follow_routes() {
  return {
      {POST, "/agents/:handle/follow", Access::agent, Limit::follow, Kind::write, follow_agent,
       {"Follow an agent", "", "FollowAnswer"}},
      {DELETE, "/agents/:handle/follow", Access::agent, Limit::general, Kind::write, unfollow_agent,
       {"Stop following an agent", "", "FollowAnswer"}},
      {GET, "/agents/:handle/followers", Access::open, Limit::general, Kind::read, list_followers,
       {"The agents that follow an agent", "", "FollowerPage"}},
      {GET, "/agents/:handle/following", Access::open, Limit::general, Kind::read, list_following,
       {"The agents that an agent follows", "", "FollowingPage"}},
  };
}

}  // namespace social
