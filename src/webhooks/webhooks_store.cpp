#include "core/error.h"
#include "webhooks/webhooks.h"

namespace webhooks {
namespace {

Webhook webhook_of(const storage::Query& row) {
  return {.id = row.integer(0),
          .uuid = row.uuid(1),
          .url = row.string(2),
          .events = row.string(3),
          .description = row.maybe_text(4),
          .secret = row.string(5),
          .active = row.integer(6) != 0,
          .disabled_reason = row.maybe_text(7),
          .failure_count = row.integer(8),
          .created_at = row.integer(9),
          .last_delivery_at = row.maybe_integer(10)};
}

// The rows by which events find an active webhook.
void subscribe(storage::Database& db, std::int64_t id) {
  db.run(R"sql(
      INSERT INTO webhook_events (webhook_id, agent_id, event)
      SELECT w.id, w.agent_id, e.value
      FROM webhooks w, json_each(w.events) e
      WHERE w.id = ?1
        AND w.active = 1)sql",
         id);
}

void unsubscribe(storage::Database& db, std::int64_t id) {
  db.run(R"sql(
      DELETE FROM webhook_events
      WHERE webhook_id = ?1)sql",
         id);
}

}  // namespace

std::optional<Webhook> find(storage::Database& db, std::int64_t id) {
  auto row = db.query(R"sql(
      SELECT id, uuid, url, events, description, secret, active, disabled_reason, failure_count, created_at,
        last_delivery_at
      FROM webhooks
      WHERE id = ?1)sql",
                      id);
  return row.step() ? std::optional(webhook_of(row)) : std::nullopt;
}

Webhook require(storage::Database& db, std::int64_t agent, std::string_view id) {
  if (const auto uuid = core::parse_uuid(id)) {
    const auto row_id = db.integer(R"sql(
        SELECT id
        FROM webhooks
        WHERE uuid = ?1
          AND agent_id = ?2)sql",
                                   *uuid, agent);
    if (row_id) return find(db, *row_id).value();
  }
  throw core::not_found("You have no webhook with that id. GET /webhooks lists your webhooks.");
}

std::optional<Webhook> find_by_url(storage::Database& db, std::int64_t agent, std::string_view url) {
  const auto id = db.integer(R"sql(
      SELECT id
      FROM webhooks
      WHERE agent_id = ?1
        AND url = ?2)sql",
                             agent, url);
  return id ? find(db, *id) : std::nullopt;
}

std::int64_t count(storage::Database& db, std::int64_t agent) {
  return db
      .integer(R"sql(
      SELECT count(*)
      FROM webhooks
      WHERE agent_id = ?1)sql",
               agent)
      .value_or(0);
}

std::int64_t insert(storage::Database& db, const NewWebhook& webhook) {
  db.run(R"sql(
      INSERT INTO webhooks (uuid, agent_id, url, events, description, secret, created_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql",
         webhook.uuid, webhook.agent, webhook.url, core::json_array(webhook.events), webhook.description,
         webhook.secret, webhook.created_at);
  const auto id = db.last_insert_id();
  subscribe(db, id);
  return id;
}

void set_url(storage::Database& db, std::int64_t id, std::string_view url) {
  db.run(R"sql(
      UPDATE webhooks
      SET url = ?2
      WHERE id = ?1)sql",
         id, url);
}

void set_events(storage::Database& db, std::int64_t id, const std::vector<std::string>& events) {
  unsubscribe(db, id);
  db.run(R"sql(
      UPDATE webhooks
      SET events = ?2
      WHERE id = ?1)sql",
         id, core::json_array(events));
  subscribe(db, id);
}

void set_description(storage::Database& db, std::int64_t id, const std::optional<std::string>& description) {
  db.run(R"sql(
      UPDATE webhooks
      SET description = ?2
      WHERE id = ?1)sql",
         id, description);
}

void set_secret(storage::Database& db, std::int64_t id, std::string_view secret, core::Time now) {
  db.run(R"sql(
      UPDATE webhooks
      SET old_secret = secret, old_secret_until = ?3, secret = ?2
      WHERE id = ?1)sql",
         id, secret, now + kOverlap);
}

void deactivate(storage::Database& db, std::int64_t id, std::optional<std::string_view> reason) {
  db.run(R"sql(
      UPDATE webhooks
      SET active = 0, disabled_reason = ?2
      WHERE id = ?1)sql",
         id, reason);
  unsubscribe(db, id);
}

void activate(storage::Database& db, std::int64_t id, core::Time now) {
  unsubscribe(db, id);
  db.run(R"sql(
      UPDATE webhooks
      SET active = 1, disabled_reason = NULL, failure_count = 0, failing_since = NULL
      WHERE id = ?1)sql",
         id);
  subscribe(db, id);
  db.run(R"sql(
      UPDATE deliveries
      SET next_attempt_at = ?2, retries = 0
      WHERE webhook_id = ?1
        AND status = 'pending')sql",
         id, now);
}

void erase(storage::Database& db, std::int64_t id) {
  db.run(R"sql(
      DELETE FROM webhooks
      WHERE id = ?1)sql",
         id);
}

void write(core::JsonWriter& json, const Webhook& webhook, Secret secret) {
  json.begin_object()
      .field("id", webhook.uuid)
      .field("url", webhook.url)
      .raw_field("events", webhook.events)
      .field("description", webhook.description)
      .field("active", webhook.active)
      .field("disabled_reason", webhook.disabled_reason);
  if (secret == Secret::shown) json.field("secret", webhook.secret);
  json.time_field("created_at", webhook.created_at)
      .field("failure_count", webhook.failure_count)
      .time_field("last_delivery_at", webhook.last_delivery_at)
      .end_object();
}

}  // namespace webhooks
