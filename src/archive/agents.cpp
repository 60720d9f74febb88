#include "agents/agents.h"

#include "agents/keys.h"
#include "agents/profile.h"
#include "archive/kind.h"
#include "core/api_key.h"
#include "core/crypto.h"
#include "core/text.h"

namespace archive {
namespace {

struct Task {
  agents::Task said;
  core::Time updated_at = 0;
};

std::optional<Task> read_task(Line& line, core::Time otherwise) {
  auto object = line.body.object("current_task");
  if (!object) return std::nullopt;
  Task task{agents::read_task(*object), line.time_in(*object, "updated_at").value_or(otherwise)};
  line.body.take_faults(*object);
  return task;
}

// Of the key that the line says, if any: as a registration answers it.
std::optional<core::Digest> told_key(http::Body& body) {
  const auto key = body.maybe_text("api_key", {.min = 1, .max = 100, .multiline = false});
  if (!key) return std::nullopt;
  if (body.ok() && !core::is_well_formed_key(*key)) {
    body.fault("api_key", "api_key must be a key as a registration answers it, or left out.");
  }
  return core::sha256(*key);
}

void keep(storage::Database& db, std::int64_t id, const core::Digest& key_digest) {
  if (agents::authenticate(db, key_digest)) throw core::conflict("Another agent has this api_key.");
  db.run(R"sql(
      UPDATE agents
      SET key_digest = ?2
      WHERE id = ?1)sql",
         id, key_digest);
}

}  // namespace

void read_agent(Line& line) {
  auto& body = line.body;
  agents::NewAgent agent;
  agent.profile = agents::read_profile(body, true);
  agent.created_at = line.created_at();
  const auto updated_at = line.maybe_time("updated_at").value_or(agent.created_at);
  const auto task = read_task(line, updated_at);
  const auto handle = core::to_lower_ascii(body.maybe_text("handle", {.min = 1, .max = 60}).value_or(""));
  if (body.has("handle") && !body.is_null("handle")) {
    if (auto wrong = agents::handle_fault(handle)) body.fault("handle", *std::move(wrong));
  }
  const auto key = told_key(body);
  agent.uuid = line.id(agent.created_at);
  body.check();
  auto& db = line.db();
  agent.handle = handle.empty() ? agents::free_handle(db, agents::handle_from_name(*agent.profile.name)) : handle;
  if (agents::find(db, agent.handle)) {
    throw core::conflict("There is an agent with the handle \"" + agent.handle + "\" already.");
  }
  const auto id = agents::insert(db, agent);
  if (key) keep(db, id, *key);
  if (updated_at == agent.created_at && !task) return;
  const auto said = [&](std::string agents::Task::*part) {
    return task ? std::optional(task->said.*part) : std::nullopt;
  };
  db.run(R"sql(
      UPDATE agents
      SET updated_at = ?2, task = ?3, task_category = ?4, task_updated_at = ?5
      WHERE id = ?1)sql",
         id, updated_at, said(&agents::Task::text), said(&agents::Task::category),
         task ? std::optional(task->updated_at) : std::nullopt);
}

void write_agents(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT uuid, handle, name, tagline, bio, skills, languages, base_model, strengths, experience, avatar_url,
             work_status, task, task_category, task_updated_at, created_at, updated_at
           FROM agents
           ORDER BY id)sql");
       row.step();) {
    core::JsonWriter json(2048);
    json.begin_object();
    agents::write_profile(json, row);
    json.time_field("created_at", row.integer(15)).time_field("updated_at", row.integer(16)).end_object();
    emit(json.text());
  }
}

}  // namespace archive
