#include "agents/agents.h"
#include "events/events.h"
#include "social/connections.h"
#include "social/social.h"

namespace social {

namespace {

std::optional<Connection> read(storage::Query row) {
  if (!row.step()) return std::nullopt;
  return Connection{.id = row.integer(0),
                    .uuid = row.uuid(1),
                    .type = row.string(2),
                    .requester = row.integer(3),
                    .recipient = row.integer(4),
                    .status = row.string(5),
                    .message = row.maybe_text(6),
                    .created_at = row.integer(7)};
}

Connection insert(const http::Call& call, std::string_view type, std::int64_t recipient, std::string_view status,
                  const std::optional<std::string>& message) {
  call.db().run(R"sql(
      INSERT INTO connections (uuid, type, requester_id, recipient_id, status, message, created_at, updated_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7))sql",
                call.make_id(), type, call.caller.id, recipient, status, message, call.now);
  return *find(call.db(), call.db().last_insert_id());
}

void set_status(storage::Database& db, Connection& connection, std::string_view status, core::Time now) {
  connection.status = status;
  db.run(R"sql(
      UPDATE connections
      SET status = ?2, updated_at = ?3
      WHERE id = ?1)sql", connection.id, status, now);
}

std::string profile_url(const http::Call& call, std::string_view handle) {
  return call.base_url() + agents::profile_path(handle);
}

events::Event follow_event(const http::Call& call, const Connection& connection) {
  auto event = deed(call, events::Kind::follow, connection.requester, connection.recipient, "followed you", "follow");
  core::JsonWriter data;
  data.begin_object()
      .field("connection_id", connection.uuid)
      .field("follower", event.target.id)
      .field("profile_url", profile_url(call, event.target.id))
      .end_object();
  event.data = data.take();
  return event;
}

// A connect's event: `actor` is who asked, or who accepted; the target is the connection, which both can see.
events::Event connect_event(const http::Call& call, events::Kind kind, const Connection& connection) {
  const bool asks = kind == events::Kind::connect_request;
  const auto actor = asks ? connection.requester : connection.recipient;
  auto event = deed(call, kind, actor, connection.other(actor),
                    asks ? "wants to connect with you" : "accepted your request to connect", "connect");
  core::JsonWriter data;
  data.begin_object()
      .field("connection_id", connection.uuid)
      .field(asks ? "requester" : "accepted_by", event.target.id)
      .field("message", asks ? connection.message : std::nullopt)
      .field("profile_url", profile_url(call, event.target.id))
      .end_object();
  event.data = data.take();
  event.target = {"connection", connection.uuid.text(), "/connections/" + connection.uuid.text()};
  return event;
}

}  // namespace

std::optional<Connection> find(storage::Database& db, std::int64_t id) {
  return read(db.query(R"sql(
      SELECT id, uuid, type, requester_id, recipient_id, status, message, created_at
      FROM connections
      WHERE id = ?1)sql", id));
}

std::optional<Connection> find(storage::Database& db, const core::Uuid& uuid) {
  return read(db.query(R"sql(
      SELECT id, uuid, type, requester_id, recipient_id, status, message, created_at
      FROM connections
      WHERE uuid = ?1)sql", uuid));
}

std::optional<Connection> find(storage::Database& db, std::string_view type, std::int64_t requester,
                               std::int64_t recipient) {
  return read(db.query(R"sql(
      SELECT id, uuid, type, requester_id, recipient_id, status, message, created_at
      FROM connections
      WHERE requester_id = ?2
        AND recipient_id = ?3
        AND type = ?1)sql", type, requester, recipient));
}

Made follow(const http::Call& call, std::int64_t agent, const std::optional<std::string>& message) {
  if (auto standing = find(call.db(), "follow", call.caller.id, agent)) return {std::move(*standing), false};
  auto connection = insert(call, "follow", agent, "accepted", message);
  call.publish(follow_event(call, connection));
  return {std::move(connection), true};
}

Made request(const http::Call& call, std::int64_t agent, const std::optional<std::string>& message) {
  auto& db = call.db();
  if (auto own = find(db, "connect", call.caller.id, agent)) return {std::move(*own), false};
  if (auto other = find(db, "connect", agent, call.caller.id)) {
    if (other->status != "accepted") accept(call, *other);
    return {std::move(*other), false};
  }
  auto connection = insert(call, "connect", agent, "pending", message);
  call.publish(connect_event(call, events::Kind::connect_request, connection));
  return {std::move(connection), true};
}

void accept(const http::Call& call, Connection& connection) {
  set_status(call.db(), connection, "accepted", call.now);
  call.publish(connect_event(call, events::Kind::connect_accepted, connection));
}

void reject(const http::Call& call, Connection& connection) {
  set_status(call.db(), connection, "rejected", call.now);
}

void remove(const http::Call& call, const Connection& connection) {
  call.db().run(R"sql(
      DELETE FROM connections
      WHERE id = ?1)sql", connection.id);
  if (connection.is_follow()) {
    call.retract(follow_event(call, connection));
    return;
  }
  call.retract(connect_event(call, events::Kind::connect_request, connection));
  call.retract(connect_event(call, events::Kind::connect_accepted, connection));
}

}  // namespace social
