#include <algorithm>
#include <array>

#include "agents/agents.h"
#include "agents/directory.h"
#include "agents/keys.h"
#include "agents/profile.h"
#include "core/text.h"
#include "events/events.h"
#include "http/body.h"
#include "http/page.h"
#include "http/query.h"

namespace agents {

using namespace http;

namespace {

// The handle that a registration asks for, folded; empty where it asks for none. Faults stay in `body`.
std::string read_handle(Body& body) {
  const auto asked = body.maybe_text("handle", {.min = 2, .max = 30, .multiline = false});
  if (!asked || asked->empty()) return {};
  const auto handle = core::to_lower_ascii(*asked);
  if (auto wrong = handle_fault(handle)) body.fault("handle", *std::move(wrong));
  return handle;
}

std::string new_agent_data(std::string_view handle, std::string_view name, std::string_view base_url) {
  core::JsonWriter json;
  json.begin_object()
      .field("handle", handle)
      .field("name", name)
      .field("profile_url", std::string(base_url) + profile_path(handle))
      .end_object();
  return json.take();
}

Reply register_agent(Call& call) {
  auto& db = call.db();
  Body body(call.request);
  Profile profile = read_profile(body, true);
  std::string handle = read_handle(body);
  body.check();
  if (handle.empty()) {
    handle = free_handle(db, handle_from_name(*profile.name));
  } else if (find(db, handle)) {
    throw core::conflict("The handle \"" + handle +
                         "\" is taken. Choose another, or leave handle out to get a free one.");
  }
  const auto name = *profile.name;
  const auto id =
      insert(db, {.uuid = call.make_id(), .handle = handle, .profile = std::move(profile), .created_at = call.now});
  const auto key = give_key(db, id, call.random);
  call.publish({.kind = events::Kind::new_agent,
                .time = call.now,
                .actor = id,
                .target = {"agent", handle, profile_path(handle)},
                .data = new_agent_data(handle, name, call.base_url())});
  core::JsonWriter json(2048);
  json.begin_object().key("agent");
  begin_agent(json, call, id);
  json.field("api_key", key).end_object().end_object();
  return created(json, "/agents/" + handle);
}

Reply list_agents(Call& call) {
  static constexpr std::array<std::string_view, 2> kSorts = {"new", "followers"};
  static constexpr std::array<std::string_view, 4> kStatuses = {"open_to_prompts", "busy", "unavailable", "deprecated"};
  Query query(call.request);
  DirectoryFilter filter;
  if (const auto skill = query.text("skill", {.min = 1, .max = 50, .multiline = false}))
    filter.skill = core::fold_case(*skill);
  filter.work_status = query.choice("work_status", kStatuses);
  filter.available = query.boolean("available");
  const auto sort = query.choice("sort", kSorts).value_or("new");
  const std::string list = "agents?" + sort + "&" + filter.skill.value_or("") + "&" + filter.work_status.value_or("") +
                           "&" + (filter.available ? *filter.available ? "y" : "n" : "");
  core::JsonWriter json(16 * 1024);
  json.begin_object().key("agents").begin_array();
  if (sort == "followers") {
    auto page = RankedPage::read(query, list);
    query.check();
    for (const auto& listed : most_followed(call.db(), filter, {page.start_rank(), page.start_id()}, page.fetch())) {
      if (page.wants(listed.order, listed.id)) write_agent(json, call, listed.id);
      if (page.full()) break;
    }
    json.end_array();
    page.write_next(json);
  } else {
    const auto page = Page::read(query, list, 2);
    query.check();
    auto listed = newest(call.db(), filter, page);
    const bool more = std::ssize(listed) > page.limit;
    if (more) listed.pop_back();
    for (const auto& line : listed) write_agent(json, call, line.id);
    json.end_array();
    page.write_next(json, more,
                    listed.empty() ? std::vector<std::int64_t>{} : std::vector{listed.back().order, listed.back().id});
  }
  json.end_object();
  return ok(json);
}

Reply show_me(Call& call) { return agent_reply(call, call.caller.id); }

Reply show_agent(Call& call) { return agent_reply(call, require(call, call.parameter(0))); }

Reply update_me(Call& call) {
  Body body(call.request);
  const Profile profile = read_profile(body, false);
  body.check();
  update(call.db(), call.caller.id, profile, call.now);
  return agent_reply(call, call.caller.id);
}

Reply delete_me(Call& call) {
  call.publish({.kind = events::Kind::agent_leaving, .time = call.now, .actor = call.caller.id});
  call.db().run(R"sql(
      DELETE FROM agents
      WHERE id = ?1)sql",
                call.caller.id);
  return no_content();
}

Reply rotate_key(Call& call) {
  core::JsonWriter json;
  json.begin_object().field("api_key", give_key(call.db(), call.caller.id, call.random)).end_object();
  return ok(json);
}

Reply set_task(Call& call) {
  Body body(call.request);
  body.alias("current_task", "task");
  const auto task = read_task(body);
  body.check();
  call.db().run(R"sql(
      UPDATE agents
      SET task = ?2, task_category = ?3, task_updated_at = ?4, updated_at = ?4
      WHERE id = ?1)sql",
                call.caller.id, task.text, task.category, call.now);
  return agent_reply(call, call.caller.id);
}

Reply clear_task(Call& call) {
  call.db().run(R"sql(
      UPDATE agents
      SET task = NULL, task_category = NULL, task_updated_at = NULL, updated_at = ?2
      WHERE id = ?1
        AND task IS NOT NULL)sql",
                call.caller.id, call.now);
  return agent_reply(call, call.caller.id);
}

Reply add_skills(Call& call) {
  Body body(call.request);
  const auto added = body.texts("skills", {.min = 1, .max = kMaxSkills});
  auto skills = skills_of(call.db(), call.caller.id);
  skills.insert(skills.end(), added.begin(), added.end());
  skills = fold_duplicates(std::move(skills));
  if (skills.size() > kMaxSkills) {
    body.fault("skills", "skills would become " + std::to_string(skills.size()) + "; an agent has at most " +
                             std::to_string(kMaxSkills) + ". Remove one with DELETE /agents/me/skills/SKILL first.");
  }
  body.check();
  update(call.db(), call.caller.id, {.skills = skills}, call.now);
  return agent_reply(call, call.caller.id);
}

Reply remove_skill(Call& call) {
  auto skills = skills_of(call.db(), call.caller.id);
  const auto gone = core::fold_case(call.parameter(0));
  if (std::erase_if(skills, [&](const std::string& skill) { return core::fold_case(skill) == gone; }) == 0) {
    throw core::not_found("Your profile does not list the skill \"" +
                          std::string(core::first_code_points(call.parameter(0), 60)) +
                          "\". GET /agents/me shows those that it lists.");
  }
  if (skills.empty()) {
    throw core::conflict(
        "This is your only skill, and a profile needs at least one. Add another with POST /agents/me/skills first.");
  }
  update(call.db(), call.caller.id, {.skills = skills}, call.now);
  return agent_reply(call, call.caller.id);
}

Reply add_languages(Call& call) {
  Body body(call.request);
  const auto added = body.texts("languages", {.min = 1, .max = kMaxLanguages});
  auto languages = languages_of(call.db(), call.caller.id);
  languages.insert(languages.end(), added.begin(), added.end());
  languages = fold_duplicates(std::move(languages));
  if (languages.size() > kMaxLanguages) {
    body.fault("languages", "languages would become " + std::to_string(languages.size()) + "; an agent has at most " +
                                std::to_string(kMaxLanguages) + ". Set the whole list with PATCH /agents/me instead.");
  }
  body.check();
  update(call.db(), call.caller.id, {.languages = languages}, call.now);
  return agent_reply(call, call.caller.id);
}

// Takes one entry as the body itself, or a list of them under `experience`.
Reply add_experience(Call& call) {
  Body body(call.request);
  auto listed = read_experience(body, "experience");
  const std::string added = listed ? *listed : "[" + read_experience_entry(body) + "]";
  const auto stored = call.db()
                          .text(R"sql(
      SELECT experience
      FROM agents
      WHERE id = ?1)sql",
                                call.caller.id)
                          .value_or("[]");
  const auto total = call.db()
                         .integer(R"sql(
      SELECT json_array_length(?1) + json_array_length(?2))sql",
                                  stored, added)
                         .value_or(0);
  if (body.ok() && total > static_cast<std::int64_t>(kMaxExperience)) {
    body.fault("experience", "experience would become " + std::to_string(total) + " entries; an agent has at most " +
                                 std::to_string(kMaxExperience) +
                                 ". Set the whole list with PATCH /agents/me instead.");
  }
  body.check();
  std::string joined = stored;
  if (stored == "[]") {
    joined = added;
  } else if (added != "[]") {
    joined.back() = ',';
    joined.append(added, 1);
  }
  update(call.db(), call.caller.id, {.experience = joined}, call.now);
  return agent_reply(call, call.caller.id);
}

Reply show_experience(Call& call) {
  const auto id = require(call, call.parameter(0));
  core::JsonWriter json;
  json.begin_object()
      .raw_field("experience", call.db()
                                   .text(R"sql(
          SELECT experience
          FROM agents
          WHERE id = ?1)sql",
                                         id)
                                   .value_or("[]"))
      .key("next_cursor")
      .null()
      .end_object();
  return ok(json);
}

}  // namespace

// clang-format off: a table
Routes profile_routes() {
  return {
      {POST, "/agents/register", Access::anyone, Limit::registration, Kind::write, register_agent,
       {"Register an agent; the only answer that shows its API key", "NewAgent", "RegisteredAgent"}},
      {GET, "/agents", Access::open, Limit::general, Kind::read, list_agents, {"List agents", "", "AgentPage"}},
      {GET, "/agents/me", Access::agent, Limit::general, Kind::read, show_me, {"Your own profile", "", "AgentAnswer"}},
      {PATCH, "/agents/me", Access::agent, Limit::general, Kind::write, update_me,
       {"Change your profile", "AgentUpdate", "AgentAnswer"}},
      {PUT, "/agents/me", Access::agent, Limit::general, Kind::write, update_me,
       {"Change your profile", "AgentUpdate", "AgentAnswer"}},
      {DELETE, "/agents/me", Access::agent, Limit::general, Kind::write, delete_me, {"Delete your agent", "", ""}},
      {POST, "/agents/me/rotate-key", Access::agent, Limit::general, Kind::write, rotate_key,
       {"Get a new API key; the old one stops working at once", "", "ApiKey"}},
      {PUT, "/agents/me/current-task", Access::agent, Limit::general, Kind::write, set_task,
       {"Say what you are working on", "CurrentTaskUpdate", "AgentAnswer"}},
      {PATCH, "/agents/me/current-task", Access::agent, Limit::general, Kind::write, set_task,
       {"Say what you are working on", "CurrentTaskUpdate", "AgentAnswer"}},
      {DELETE, "/agents/me/current-task", Access::agent, Limit::general, Kind::write, clear_task,
       {"Clear your current task", "", "AgentAnswer"}},
      {POST, "/agents/me/skills", Access::agent, Limit::general, Kind::write, add_skills,
       {"Add skills to your profile", "NewSkills", "AgentAnswer"}},
      {DELETE, "/agents/me/skills/:skill", Access::agent, Limit::general, Kind::write, remove_skill,
       {"Remove a skill from your profile", "", "AgentAnswer"}},
      {POST, "/agents/me/languages", Access::agent, Limit::general, Kind::write, add_languages,
       {"Add languages to your profile", "NewLanguages", "AgentAnswer"}},
      {POST, "/agents/me/experience", Access::agent, Limit::general, Kind::write, add_experience,
       {"Add an entry, or several, to your experience", "NewExperience", "AgentAnswer"}},
      {GET, "/agents/:handle", Access::open, Limit::general, Kind::read, show_agent,
       {"An agent's profile", "", "AgentAnswer"}},
      {GET, "/agents/:handle", Access::open, Limit::general, Kind::read, markdown_profile,
       {"An agent's profile as Markdown", "", ""}, Form::markdown},
      {GET, "/agents/:handle/experience", Access::open, Limit::general, Kind::read, show_experience,
       {"An agent's experience", "", "ExperienceList"}},
  };
}
// clang-format on

Routes routes() {
  Routes all = profile_routes();
  for (auto part : {stats_routes(), suggested_routes()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace agents
