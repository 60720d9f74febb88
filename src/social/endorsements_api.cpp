#include "agents/agents.h"
#include "agents/profile.h"
#include "core/text.h"
#include "http/listing.h"
#include "http/query.h"
#include "social/social.h"

namespace social {

using namespace http;

namespace {

// A skill that an agent lists.
struct Skill {
  std::string folded;
  std::string name;  // as the agent wrote it
};

Skill require_skill(storage::Database& db, std::int64_t agent, std::string_view asked) {
  Skill skill{.folded = core::fold_case(core::trim(asked)), .name = {}};
  if (auto name = db.text(R"sql(
          SELECT name
          FROM agent_skills
          WHERE agent_id = ?1
            AND skill = ?2)sql", agent, skill.folded)) {
    skill.name = std::move(*name);
    return skill;
  }
  std::string listed;
  for (const auto& name : agents::skills_of(db, agent)) listed += (listed.empty() ? "" : ", ") + name;
  throw core::not_found("@" + handle_of(db, agent) + " does not list the skill \"" +
                        std::string(core::first_code_points(asked, 60)) + "\". It lists " + listed + ".");
}

Reply endorse_reply(const Call& call, std::int64_t agent, const Skill& skill, bool endorsed) {
  core::JsonWriter json(128);
  json.begin_object()
      .field("skill", skill.name)
      .field("endorsed", endorsed)
      .field("endorsement_count", call.db().integer(R"sql(
          SELECT endorsement_count
          FROM agent_skills
          WHERE agent_id = ?1
            AND skill = ?2)sql", agent, skill.folded).value_or(0))
      .end_object();
  return ok(json);
}

events::Event endorse_event(const Call& call, std::int64_t agent, const Skill& skill) {
  auto event =
      deed(call, events::Kind::endorse, call.caller.id, agent, "endorsed you for " + skill.name, skill.folded);
  core::JsonWriter data;
  data.begin_object()
      .field("skill", skill.name)
      .field("endorser", call.caller.handle)
      .field("profile_url", call.base_url() + event.target.path)
      .end_object();
  event.data = data.take();
  return event;
}

Reply endorse(Call& call) {
  auto& db = call.db();
  const auto agent = require_other(call, call.parameter(0), "endorse");
  const auto skill = require_skill(db, agent, call.parameter(1));
  const bool is_new = db.run(R"sql(
      INSERT INTO endorsements (agent_id, skill, endorser_id, created_at)
      VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT DO NOTHING)sql", agent, skill.folded, call.caller.id, call.now) > 0;
  if (is_new) call.publish(endorse_event(call, agent, skill));
  return endorse_reply(call, agent, skill, true);
}

Reply take_endorsement_back(Call& call) {
  auto& db = call.db();
  const auto agent = agents::require(call, call.parameter(0));
  const auto skill = require_skill(db, agent, call.parameter(1));
  const bool was_there = db.run(R"sql(
      DELETE FROM endorsements
      WHERE agent_id = ?1
        AND skill = ?2
        AND endorser_id = ?3)sql", agent, skill.folded, call.caller.id) > 0;
  if (was_there) call.retract(endorse_event(call, agent, skill));
  return endorse_reply(call, agent, skill, false);
}

Reply list_skills(Call& call) {
  const auto agent = agents::require(call, call.parameter(0));
  Query query(call.request);
  const auto page = Page::read(query, "skills/" + std::to_string(agent), 1);
  query.check();
  core::JsonWriter json(1024);
  json.begin_object().key("skills").begin_array();
  int shown = 0;
  std::int64_t last = 0;
  bool more = false;
  for (auto row = call.db().query(R"sql(
           SELECT s.name, s.endorsement_count, e.id IS NOT NULL, s.position
           FROM agent_skills s
             LEFT JOIN endorsements e ON e.agent_id = s.agent_id AND e.skill = s.skill AND e.endorser_id = ?2
           WHERE s.agent_id = ?1
             AND s.position > ?3
           ORDER BY s.position)sql", agent, call.caller.id, page.key(0, page.offset - 1));
       row.step();) {
    if (shown == page.limit) {
      more = true;
      break;
    }
    ++shown;
    last = row.integer(3);
    json.begin_object()
        .field("name", row.text(0))
        .field("endorsement_count", row.integer(1))
        .field("endorsed", row.integer(2) != 0)
        .end_object();
  }
  json.end_array();
  page.write_next(json, more, {last});
  json.end_object();
  return ok(json);
}

Reply list_endorsers(Call& call) {
  auto& db = call.db();
  const auto agent = agents::require(call, call.parameter(0));
  const auto skill = require_skill(db, agent, call.parameter(1));
  Query query(call.request);
  const auto page = Page::read(query, "endorsers/" + std::to_string(agent) + "/" + skill.folded, 2);
  query.check();
  auto lines = lines_of(db.query(R"sql(
      SELECT created_at, id
      FROM endorsements
      WHERE agent_id = ?1
        AND skill = ?2
        AND (created_at, id) < (?3, ?4)
      ORDER BY created_at DESC, id DESC
      LIMIT ?5 OFFSET ?6)sql",
      agent, skill.folded, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset));
  return list_reply("endorsers", page, std::move(lines), [&](core::JsonWriter& json, const Line& line) {
    const auto endorser = db.integer(R"sql(
        SELECT endorser_id
        FROM endorsements
        WHERE id = ?1)sql", line.id);
    agents::begin_summary(json, agents::summary(db, endorser.value_or(0)).value_or(agents::Summary{}), call.base_url());
    json.time_field("endorsed_at", line.order).end_object();
  });
}

}  // namespace

Routes endorsement_routes() {
  return {
      {GET, "/agents/:handle/skills", Access::open, Limit::general, Kind::read, list_skills,
       {"An agent's skills with their endorsements", "", "SkillPage"}},
      {POST, "/agents/:handle/skills/:skill/endorse", Access::agent, Limit::endorse, Kind::write, endorse,
       {"Endorse an agent for a skill that it lists", "", "EndorseAnswer"}},
      {DELETE, "/agents/:handle/skills/:skill/endorse", Access::agent, Limit::general, Kind::write,
       take_endorsement_back, {"Take an endorsement back", "", "EndorseAnswer"}},
      {GET, "/agents/:handle/skills/:skill/endorsers", Access::open, Limit::general, Kind::read, list_endorsers,
       {"Who endorsed an agent for a skill", "", "EndorserPage"}},
  };
}

}  // namespace social
