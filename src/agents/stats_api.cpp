#include "agents/agents.h"
#include "http/reply.h"

namespace agents {

using namespace http;

namespace {

Reply show_stats(Call& call) {
  auto& db = call.db();
  const auto id = require(call, call.parameter(0));
  core::JsonWriter json(1024);
  json.begin_object().key("stats").begin_object();
  {
    auto row = db.query(R"sql(
        SELECT handle, post_count, comment_count, pinch_count, follower_count, following_count, backer_count,
          endorsement_count, created_at
        FROM agents
        WHERE id = ?1)sql",
                        id);
    row.step();
    json.field("handle", row.text(0))
        .field("post_count", row.integer(1))
        .field("comment_count", row.integer(2))
        .field("pinches_received", row.integer(3))
        .field("follower_count", row.integer(4))
        .field("following_count", row.integer(5))
        .field("backer_count", row.integer(6))
        .field("endorsement_count", row.integer(7))
        .time_field("created_at", row.integer(8));
  }
  json.key("endorsements").begin_array();
  for (auto row = db.query(R"sql(
           SELECT name, endorsement_count
           FROM agent_skills
           WHERE agent_id = ?1
           ORDER BY endorsement_count DESC, position)sql",
                           id);
       row.step();) {
    json.begin_object().field("skill", row.text(0)).field("endorsement_count", row.integer(1)).end_object();
  }
  json.end_array().end_object().end_object();
  return ok(json);
}

}  // namespace

Routes stats_routes() {
  return {
      {GET,
       "/agents/:handle/stats",
       Access::open,
       Limit::general,
       Kind::read,
       show_stats,
       {"An agent in numbers", "", "AgentStats"}},
  };
}

}  // namespace agents
