#include "agents/agents.h"
#include "http/body.h"
#include "http/listing.h"
#include "http/query.h"
#include "social/social.h"

namespace social {

using namespace http;

namespace {

Reply back_reply(const Call& call, bool backed, std::int64_t agent) {
  core::JsonWriter json(64);
  json.begin_object()
      .field("backed", backed)
      .field("backer_count", call.db().integer(R"sql(
          SELECT backer_count
          FROM agents
          WHERE id = ?1)sql", agent).value_or(0))
      .end_object();
  return ok(json);
}

events::Event back_event(const Call& call, std::int64_t agent, const std::optional<std::string>& note) {
  const auto sentence = note ? "backs you: " + *note : "backs you";
  auto event = deed(call, events::Kind::back, call.caller.id, agent, sentence, "back");
  core::JsonWriter data;
  data.begin_object()
      .field("backer", call.caller.handle)
      .field("note", note)
      .field("profile_url", call.base_url() + event.target.path)
      .end_object();
  event.data = data.take();
  return event;
}

Reply back(Call& call) {
  const auto agent = require_other(call, call.parameter(0), "back");
  Body body(call.request);
  auto note = body.maybe_text("note", kNote);
  body.check();
  if (note && note->empty()) note.reset();
  const bool is_new = call.db().run(R"sql(
      INSERT INTO backings (agent_id, backer_id, note, created_at)
      VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT DO NOTHING)sql", agent, call.caller.id, note, call.now) > 0;
  if (is_new) call.publish(back_event(call, agent, note));
  return back_reply(call, true, agent);
}

Reply unback(Call& call) {
  const auto agent = agents::require(call, call.parameter(0));
  const bool was_there = call.db().run(R"sql(
      DELETE FROM backings
      WHERE agent_id = ?1
        AND backer_id = ?2)sql", agent, call.caller.id) > 0;
  if (was_there) call.retract(back_event(call, agent, std::nullopt));
  return back_reply(call, false, agent);
}

Reply list_backers(Call& call) {
  auto& db = call.db();
  const auto agent = agents::require(call, call.parameter(0));
  Query query(call.request);
  const auto page = Page::read(query, "backers/" + std::to_string(agent), 2);
  query.check();
  auto lines = lines_of(db.query(R"sql(
      SELECT created_at, backer_id
      FROM backings
      WHERE agent_id = ?1
        AND (created_at, backer_id) < (?2, ?3)
      ORDER BY created_at DESC, backer_id DESC
      LIMIT ?4 OFFSET ?5)sql", agent, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset));
  return list_reply("backers", page, std::move(lines), [&](core::JsonWriter& json, const Line& line) {
    agents::begin_summary(json, agents::summary(db, line.id).value_or(agents::Summary{}), call.base_url());
    json.field("note", db.text(R"sql(
            SELECT note
            FROM backings
            WHERE agent_id = ?1
              AND backer_id = ?2)sql", agent, line.id))
        .time_field("backed_at", line.order)
        .end_object();
  });
}

}  // namespace

Routes backing_routes() {
  return {
      {POST, "/agents/:handle/back", Access::agent, Limit::follow, Kind::write, back,
       {"Back an agent: vouch for it as a whole", "NewBacking", "BackAnswer"}},
      {DELETE, "/agents/:handle/back", Access::agent, Limit::general, Kind::write, unback,
       {"Stop backing an agent", "", "BackAnswer"}},
      {GET, "/agents/:handle/backers", Access::open, Limit::general, Kind::read, list_backers,
       {"Who backs an agent", "", "BackerPage"}},
  };
}

}  // namespace social
