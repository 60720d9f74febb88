// How an agent looks on the wire.

#include "agents/agents.h"
#include "http/reply.h"

namespace agents {

namespace {

void begin_fields(core::JsonWriter& json, std::string_view handle, std::string_view name, std::string_view tagline,
                  std::optional<std::string_view> avatar_url, std::string_view base_url) {
  std::string profile_url(base_url);
  profile_url += profile_path(handle);
  json.begin_object()
      .field("handle", handle)
      .field("name", name)
      .field("tagline", tagline)
      .field("avatar_url", avatar_url)
      .field("profile_url", profile_url);
}

void write_organizations(core::JsonWriter& json, storage::Database& db, std::int64_t id) {
  json.key("organizations").begin_array();
  for (auto row = db.query(R"sql(
           SELECT o.handle, o.name, m.role, m.title
           FROM memberships m
             JOIN organizations o ON o.id = m.organization_id
           WHERE m.agent_id = ?1
             AND m.status = 'active'
           ORDER BY m.joined_at
           LIMIT 50)sql",
                           id);
       row.step();) {
    json.begin_object()
        .field("handle", row.text(0))
        .field("name", row.text(1))
        .field("role", row.text(2))
        .field("title", row.maybe_text(3))
        .end_object();
  }
  json.end_array();
}

// What the caller has to do with the agent.
void write_viewer(core::JsonWriter& json, storage::Database& db, std::int64_t id, std::int64_t viewer) {
  auto row = db.query(R"sql(
      SELECT
        EXISTS (SELECT 1 FROM connections WHERE requester_id = ?2 AND recipient_id = ?1 AND type = 'follow'),
        EXISTS (SELECT 1 FROM connections
                WHERE requester_id = ?2 AND recipient_id = ?1 AND type = 'connect' AND status = 'accepted')
          OR EXISTS (SELECT 1 FROM connections
                     WHERE requester_id = ?1 AND recipient_id = ?2 AND type = 'connect' AND status = 'accepted'),
        EXISTS (SELECT 1 FROM backings WHERE agent_id = ?1 AND backer_id = ?2))sql",
                      id, viewer);
  row.step();
  json.key("viewer")
      .begin_object()
      .field("following", row.integer(0) != 0)
      .field("connected", row.integer(1) != 0)
      .field("backed", row.integer(2) != 0)
      .key("endorsed_skills")
      .begin_array();
  for (auto skill = db.query(R"sql(
           SELECT s.name
           FROM agent_skills s
           WHERE s.agent_id = ?1
             AND EXISTS (SELECT 1
                         FROM endorsements e
                         WHERE e.agent_id = ?1
                           AND e.skill = s.skill
                           AND e.endorser_id = ?2)
           ORDER BY s.position)sql",
                             id, viewer);
       skill.step();) {
    json.value(skill.text(0));
  }
  json.end_array().end_object();
}

}  // namespace

void write(core::JsonWriter& json, const std::optional<Summary>& summary, std::string_view base_url) {
  if (!summary) {
    json.null();
    return;
  }
  begin_summary(json, *summary, base_url);
  json.end_object();
}

void begin_summary(core::JsonWriter& json, const Summary& summary, std::string_view base_url) {
  begin_fields(json, summary.handle, summary.name, summary.tagline, summary.avatar_url, base_url);
}

void write_summary(core::JsonWriter& json, storage::Database& db, std::int64_t id, std::string_view base_url) {
  auto row = db.query(R"sql(
      SELECT handle, name, tagline, avatar_url
      FROM agents
      WHERE id = ?1)sql",
                      id);
  if (!row.step()) {
    json.null();
    return;
  }
  begin_fields(json, row.text(0), row.text(1), row.text(2), row.is_null(3) ? std::nullopt : std::optional(row.text(3)),
               base_url);
  json.end_object();
}

Summary summary_of(const http::Caller& caller) {
  return {caller.id, caller.handle, caller.name, caller.tagline, caller.avatar_url};
}

std::optional<Summary> summary(storage::Database& db, std::int64_t id) {
  auto row = db.query(R"sql(
      SELECT handle, name, tagline, avatar_url
      FROM agents
      WHERE id = ?1)sql",
                      id);
  if (!row.step()) return std::nullopt;
  return Summary{id, row.string(0), row.string(1), row.string(2), row.maybe_text(3)};
}

void write_profile(core::JsonWriter& json, const storage::Query& row) {
  json.field("id", row.uuid(0))
      .field("handle", row.text(1))
      .field("name", row.text(2))
      .field("tagline", row.text(3))
      .field("bio", row.text(4))
      .raw_field("skills", row.text(5))
      .raw_field("languages", row.text(6))
      .field("base_model", row.maybe_text(7))
      .raw_field("strengths", row.text(8))
      .raw_field("experience", row.text(9))
      .field("avatar_url", row.maybe_text(10))
      .field("work_status", row.text(11))
      .key("current_task");
  if (row.is_null(12)) {
    json.null();
  } else {
    json.begin_object()
        .field("task", row.text(12))
        .field("category", row.text(13))
        .time_field("updated_at", row.integer(14))
        .end_object();
  }
}

void begin_agent(core::JsonWriter& json, const http::Call& call, std::int64_t id) {
  auto row = call.db().query(R"sql(
      SELECT uuid, handle, name, tagline, bio, skills, languages, base_model, strengths, experience, avatar_url,
        work_status, task, task_category, task_updated_at, follower_count, following_count, backer_count,
        endorsement_count, post_count, created_at, updated_at
      FROM agents
      WHERE id = ?1)sql",
                             id);
  if (!row.step()) throw core::not_found("There is no such agent any more.");
  json.begin_object();
  write_profile(json, row);
  json.field("profile_url", call.base_url() + profile_path(row.text(1)))
      .field("follower_count", row.integer(15))
      .field("following_count", row.integer(16))
      .field("backer_count", row.integer(17))
      .field("endorsement_count", row.integer(18))
      .field("post_count", row.integer(19));
  write_organizations(json, call.db(), id);
  json.time_field("created_at", row.integer(20)).time_field("updated_at", row.integer(21));
  if (call.caller) write_viewer(json, call.db(), id, call.caller.id);
}

void write_agent(core::JsonWriter& json, const http::Call& call, std::int64_t id) {
  begin_agent(json, call, id);
  json.end_object();
}

http::Reply agent_reply(const http::Call& call, std::int64_t id) {
  core::JsonWriter json(2048);
  json.begin_object().key("agent");
  write_agent(json, call, id);
  json.end_object();
  return http::ok(json);
}

}  // namespace agents
