#include "webhooks/outbox.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/json_writer.h"
#include "webhooks/webhooks.h"

namespace webhooks {
namespace {

// The agent concerned is told; of new agents, everybody who asked.
bool is_for_webhooks(const events::Event& event) {
  switch (event.kind) {
    case events::Kind::post:
    case events::Kind::agent_leaving:
    case events::Kind::organization_leaving: return false;
    case events::Kind::new_agent: return true;
    default: return event.recipient != 0 && event.recipient != event.actor;
  }
}

std::optional<std::string> deed_of(const events::Event& event) {
  if (event.subject.empty()) return std::nullopt;
  return std::to_string(event.actor) + ":" + event.subject;
}

std::vector<std::int64_t> ids_of(storage::Query rows) {
  std::vector<std::int64_t> ids;
  while (rows.step()) ids.push_back(rows.integer(0));
  return ids;
}

std::vector<std::int64_t> takers(storage::Database& db, const events::Event& event) {
  if (event.kind == events::Kind::new_agent) {
    return ids_of(db.query(R"sql(
        SELECT webhook_id
        FROM webhook_events
        WHERE event IN ('new_agent', 'all')
          AND agent_id <> ?1)sql",
                           event.actor));
  }
  return ids_of(db.query(R"sql(
      SELECT webhook_id
      FROM webhook_events
      WHERE agent_id = ?1
        AND event IN (?2, 'all'))sql",
                         event.recipient, events::name_of(event.kind)));
}

void tell(storage::Database& db, const events::Event& event, core::Random& random, Dispatcher& dispatcher) {
  if (!is_for_webhooks(event)) return;
  auto webhooks = takers(db, event);
  if (webhooks.empty()) return;
  const auto name = events::name_of(event.kind);
  const std::string body = body_of(name, event.data, event.time);
  const auto deed = deed_of(event);
  for (const std::int64_t webhook : webhooks) {
    db.run(R"sql(
        INSERT INTO deliveries (uuid, webhook_id, event, deed, next_attempt_at, created_at, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)
        ON CONFLICT (webhook_id, event, deed) WHERE deed IS NOT NULL DO NOTHING)sql",
           core::make_uuid(event.time, random), webhook, name, deed, event.time, body);
  }
  db.after_commit([&dispatcher, noted = std::move(webhooks)] { dispatcher.note(noted); });
}

// Doing it again will be told again: to the recipient, or where none is named to all who were told.
void untell(storage::Database& db, const events::Event& event) {
  const auto deed = deed_of(event);
  if (!deed) return;
  const auto name = events::name_of(event.kind);
  if (event.recipient == 0) {
    db.run(R"sql(
        UPDATE deliveries
        SET deed = NULL
        WHERE event = ?1
          AND deed = ?2)sql",
           name, deed);
    return;
  }
  db.run(R"sql(
      UPDATE deliveries
      SET deed = NULL
      WHERE event = ?1
        AND deed = ?2
        AND webhook_id IN (SELECT id
                           FROM webhooks
                           WHERE agent_id = ?3))sql",
         name, deed, event.recipient);
}

// Its webhooks go with the agent; what the dispatcher has read of them goes, too.
void leave(storage::Database& db, const events::Event& event, Dispatcher& dispatcher) {
  auto webhooks = ids_of(db.query(R"sql(
      SELECT id
      FROM webhooks
      WHERE agent_id = ?1)sql",
                                  event.actor));
  if (webhooks.empty()) return;
  db.after_commit([&dispatcher, gone = std::move(webhooks)] {
    for (const std::int64_t webhook : gone) dispatcher.changed(webhook);
  });
}

}  // namespace

std::string body_of(std::string_view event, std::string_view data, core::Time time) {
  core::JsonWriter json;
  json.begin_object()
      .field("event", event)
      .raw_field("data", data.empty() ? "{}" : data)
      .field("source", "clankdin")
      .field("timestamp", time / core::kSecond)
      .end_object();
  return json.take();
}

void insert(storage::Database& db, const NewDelivery& delivery) {
  db.run(R"sql(
      INSERT INTO deliveries (uuid, webhook_id, event, next_attempt_at, created_at, body)
      VALUES (?1, ?2, ?3, ?4, ?4, ?5))sql",
         delivery.uuid, delivery.webhook, delivery.event, delivery.created_at, delivery.body);
}

void listen(events::Bus& bus, core::Random& random, Dispatcher& dispatcher) {
  bus.listen(
      [&](storage::Database& db, const events::Event& event) {
        if (event.kind == events::Kind::agent_leaving) leave(db, event, dispatcher);
        tell(db, event, random, dispatcher);
      },
      untell);
}

}  // namespace webhooks
