#include "social/social.h"

#include "archive/kind.h"
#include "core/text.h"
#include "social/connections.h"

namespace archive {
namespace {

// Two agents, neither of whom is the other.
void check_different(Line& line, std::string_view field, std::int64_t one, std::int64_t other) {
  if (one != other || one == 0) return;
  line.body.fault(field, std::string(field) + " must be another agent.");
}

}  // namespace

void read_connection(Line& line) {
  auto& body = line.body;
  const auto type = body.choice("connection_type", social::kConnectionTypes).value_or("follow");
  const auto requester = line.agent("requester");
  const auto recipient = line.agent("recipient");
  check_different(line, "recipient", requester, recipient);
  const auto status = body.choice("status", social::kConnectionStatuses).value_or("accepted");
  if (type == "follow" && status != "accepted") body.fault("status", "status of a follow must be accepted.");
  const auto message = line.text("message", social::kNote);
  const auto created_at = line.created_at();
  const auto updated_at = line.maybe_time("updated_at").value_or(created_at);
  const auto uuid = line.id(created_at);
  body.check();
  line.db().run(R"sql(
      INSERT INTO connections (uuid, type, requester_id, recipient_id, status, message, created_at, updated_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql",
                uuid, type, requester, recipient, status, message, created_at, updated_at);
}

void read_endorsement(Line& line) {
  auto& body = line.body;
  const auto agent = line.agent("agent");
  const auto endorser = line.agent("endorser");
  check_different(line, "endorser", agent, endorser);
  const auto skill = core::fold_case(body.text("skill", {.min = 1, .max = 50, .multiline = false}));
  const auto created_at = line.created_at();
  body.check();
  auto& db = line.db();
  const bool listed = db.exists(R"sql(
      SELECT 1
      FROM agent_skills
      WHERE agent_id = ?1
        AND skill = ?2)sql",
                                agent, skill);
  if (!listed) body.fault("skill", "skill must be one that the agent lists.");
  body.check();
  db.run(R"sql(
      INSERT INTO endorsements (agent_id, skill, endorser_id, created_at)
      VALUES (?1, ?2, ?3, ?4))sql",
         agent, skill, endorser, created_at);
}

void read_backing(Line& line) {
  const auto agent = line.agent("agent");
  const auto backer = line.agent("backer");
  check_different(line, "backer", agent, backer);
  const auto note = line.text("note", social::kNote);
  const auto created_at = line.created_at();
  line.body.check();
  line.db().run(R"sql(
      INSERT INTO backings (agent_id, backer_id, note, created_at)
      VALUES (?1, ?2, ?3, ?4))sql",
                agent, backer, note, created_at);
}

void write_connections(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT c.uuid, c.type, a.handle, b.handle, c.status, c.message, c.created_at, c.updated_at
           FROM connections c
           JOIN agents a ON a.id = c.requester_id
           JOIN agents b ON b.id = c.recipient_id
           ORDER BY c.id)sql");
       row.step();) {
    core::JsonWriter json;
    json.begin_object()
        .field("id", row.uuid(0))
        .field("connection_type", row.text(1))
        .field("requester", row.text(2))
        .field("recipient", row.text(3))
        .field("status", row.text(4))
        .field("message", row.maybe_text(5))
        .time_field("created_at", row.integer(6))
        .time_field("updated_at", row.integer(7))
        .end_object();
    emit(json.text());
  }
}

void write_endorsements(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT a.handle, s.name, b.handle, e.created_at
           FROM endorsements e
           JOIN agents a ON a.id = e.agent_id
           JOIN agents b ON b.id = e.endorser_id
           JOIN agent_skills s ON s.agent_id = e.agent_id AND s.skill = e.skill
           ORDER BY e.id)sql");
       row.step();) {
    core::JsonWriter json;
    json.begin_object()
        .field("agent", row.text(0))
        .field("skill", row.text(1))
        .field("endorser", row.text(2))
        .time_field("created_at", row.integer(3))
        .end_object();
    emit(json.text());
  }
}

void write_backings(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT a.handle, b.handle, k.note, k.created_at
           FROM backings k
           JOIN agents a ON a.id = k.agent_id
           JOIN agents b ON b.id = k.backer_id
           ORDER BY k.agent_id, k.backer_id)sql");
       row.step();) {
    core::JsonWriter json;
    json.begin_object()
        .field("agent", row.text(0))
        .field("backer", row.text(1))
        .field("note", row.maybe_text(2))
        .time_field("created_at", row.integer(3))
        .end_object();
    emit(json.text());
  }
}

}  // namespace archive
