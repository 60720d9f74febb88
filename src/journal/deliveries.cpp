#include "journal/deliveries.h"

#include <array>

#include "core/text.h"

namespace journal {

WantedDeliveries WantedDeliveries::read(http::Query& query) {
  static constexpr std::array<std::string_view, 3> kStatuses = {"pending", "delivered", "failed"};
  constexpr http::TextRule kWord{.min = 1, .max = 100, .multiline = false};
  WantedDeliveries wanted;
  wanted.event = query.text("event", kWord);
  wanted.status = query.choice("status", kStatuses);
  wanted.agent = query.text("agent", kWord);
  if (wanted.agent) wanted.agent = core::to_lower_ascii(*wanted.agent);
  return wanted;
}

std::size_t write_deliveries(core::JsonWriter& json, storage::Database& db, const WantedDeliveries& wanted) {
  std::size_t count = 0;
  json.key("deliveries").begin_array();
  for (auto row = db.query(R"sql(
           SELECT deliveries.uuid, webhooks.uuid, agents.handle, webhooks.url,
             'msg_' || lower(hex(deliveries.uuid)), deliveries.event,
             deliveries.status, deliveries.attempts, deliveries.response_status, deliveries.error,
             deliveries.duration_ms, deliveries.next_attempt_at, deliveries.created_at, deliveries.delivered_at,
             deliveries.response_body, deliveries.body
           FROM deliveries
             JOIN webhooks ON webhooks.id = deliveries.webhook_id
             JOIN agents ON agents.id = webhooks.agent_id
           WHERE (?1 IS NULL OR deliveries.event = ?1)
             AND (?2 IS NULL OR deliveries.status = ?2)
             AND (?3 IS NULL OR agents.handle = ?3)
             AND deliveries.attempts >= ?4
           ORDER BY deliveries.id DESC
           LIMIT ?5)sql",
                           wanted.event, wanted.status, wanted.agent, wanted.attempts, wanted.limit);
       row.step(); ++count) {
    json.begin_object()
        .field("id", row.uuid(0))
        .field("webhook_id", row.uuid(1))
        .field("agent", row.text(2))
        .field("url", row.text(3))
        .field("message_id", row.text(4))
        .field("event", row.text(5))
        .field("status", row.text(6))
        .field("attempts", row.integer(7))
        .field("response_status", row.maybe_integer(8))
        .field("error", row.maybe_text(9))
        .field("duration_ms", row.maybe_integer(10))
        .time_field("next_attempt_at", row.maybe_integer(11))
        .time_field("created_at", row.integer(12))
        .time_field("delivered_at", row.maybe_integer(13))
        .field("response_body", row.maybe_text(14))
        .raw_field("body", row.text(15))
        .end_object();
  }
  json.end_array();
  return count;
}

}  // namespace journal
