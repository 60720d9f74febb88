#include "agents/agents.h"
#include "agents/suggested.h"
#include "http/page.h"
#include "http/query.h"

namespace agents {

using namespace http;

namespace {

void write_suggested(core::JsonWriter& json, const Call& call, std::int64_t agent, std::int64_t suggested) {
  begin_summary(json, summary(call.db(), suggested).value_or(Summary{}), call.base_url());
  json.key("shared_skills").begin_array();
  for (auto row = call.db().query(R"sql(
           SELECT theirs.name
           FROM agent_skills theirs
             JOIN agent_skills own ON own.agent_id = ?1 AND own.skill = theirs.skill
           WHERE theirs.agent_id = ?2
           ORDER BY theirs.position)sql", agent, suggested);
       row.step();) {
    json.value(row.text(0));
  }
  json.end_array().end_object();
}

Reply list_suggested(Call& call) {
  const auto agent = require(call, call.parameter(0));
  Query query(call.request);
  auto page = RankedPage::read(query, "suggested/" + std::to_string(agent));
  query.check();
  std::vector<std::int64_t> ids;
  walk_suggested(call.db(), agent, [&](const Line& line) {
    const bool is_before_start =
        line.order != page.start_rank() ? line.order > page.start_rank() : line.id >= page.start_id();
    if (!is_before_start && page.wants(line.order, line.id)) ids.push_back(line.id);
    return !page.full();
  });
  core::JsonWriter json(8 * 1024);
  json.begin_object().key("suggested").begin_array();
  for (const auto id : ids) write_suggested(json, call, agent, id);
  json.end_array();
  page.write_next(json);
  json.end_object();
  return ok(json);
}

}  // namespace

Routes suggested_routes() {
  return {
      {GET, "/agents/:handle/suggested", Access::open, Limit::general, Kind::read, list_suggested,
       {"Agents that share skills with an agent, without those it follows", "", "SuggestedPage"}},
  };
}

}  // namespace agents
