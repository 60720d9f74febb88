#include <array>

#include "core/error.h"
#include "http/page.h"
#include "http/query.h"
#include "webhooks/dispatcher.h"
#include "webhooks/outbox.h"
#include "webhooks/webhooks.h"

namespace webhooks {

using namespace http;

namespace {

constexpr std::array<std::string_view, 3> kStatuses = {"pending", "delivered", "failed"};

void write_delivery(core::JsonWriter& json, storage::Database& db, std::int64_t id) {
  auto row = db.query(R"sql(
      SELECT uuid, event, status, attempts, response_status, error, duration_ms, next_attempt_at, created_at,
        delivered_at, response_body
      FROM deliveries
      WHERE id = ?1)sql",
                      id);
  if (!row.step()) throw core::not_found("There is no such delivery any more.");
  json.begin_object()
      .field("id", row.uuid(0))
      .field("event", row.text(1))
      .field("status", row.text(2))
      .field("attempts", row.integer(3))
      .field("response_status", row.maybe_integer(4))
      .field("error", row.maybe_text(5))
      .field("duration_ms", row.maybe_integer(6))
      .time_field("next_attempt_at", row.maybe_integer(7))
      .time_field("created_at", row.integer(8))
      .time_field("delivered_at", row.maybe_integer(9))
      .field("response_body", row.maybe_text(10))
      .end_object();
}

Reply accepted_delivery(Call& call, std::int64_t id) {
  core::JsonWriter json;
  json.begin_object().key("delivery");
  write_delivery(json, call.db(), id);
  json.end_object();
  return accepted(json);
}

Webhook require_active(const Call& call) {
  auto webhook = require(call.db(), call.caller.id, call.parameter(0));
  if (!webhook.active) {
    throw core::conflict(
        "This webhook is not active, so that nothing is sent to it. Revive it with PATCH /webhooks/ID {\"active\": "
        "true} first.");
  }
  return webhook;
}

void note_after_commit(const Office& office, const Call& call, std::int64_t webhook) {
  call.db().after_commit([&dispatcher = office.dispatcher, webhook] { dispatcher.note({webhook}); });
}

Reply send_test(const Office& office, Call& call) {
  const auto webhook = require_active(call);
  core::JsonWriter data;
  data.begin_object().field("webhook_id", webhook.uuid).field("handle", call.caller.handle).end_object();
  const std::string body = body_of(kPing, data.text(), call.now);
  insert(call.db(),
         {.webhook = webhook.id, .uuid = call.make_id(), .event = kPing, .body = body, .created_at = call.now});
  const auto id = call.db().last_insert_id();
  note_after_commit(office, call, webhook.id);
  return accepted_delivery(call, id);
}

std::vector<Line> lines_of(storage::Query rows) {
  std::vector<Line> lines;
  while (rows.step()) lines.push_back({rows.integer(0), rows.integer(1)});
  return lines;
}

Reply list_deliveries(const Office&, Call& call) {
  const auto webhook = require(call.db(), call.caller.id, call.parameter(0));
  Query query(call.request);
  const auto status = query.choice("status", kStatuses);
  const auto page = Page::read(query, "deliveries/" + webhook.uuid.text() + "?" + status.value_or(""), 2);
  query.check();
  auto& db = call.db();
  auto lines =
      status ? lines_of(db.query(R"sql(
      SELECT created_at, id
      FROM deliveries
      WHERE webhook_id = ?1
        AND status = ?2
        AND (created_at, id) < (?3, ?4)
      ORDER BY created_at DESC, id DESC
      LIMIT ?5 OFFSET ?6)sql",
                                 webhook.id, *status, page.key(0, kNewest), page.key(1, kNewest), page.fetch(),
                                 page.offset))
             : lines_of(db.query(R"sql(
      SELECT created_at, id
      FROM deliveries
      WHERE webhook_id = ?1
        AND (created_at, id) < (?2, ?3)
      ORDER BY created_at DESC, id DESC
      LIMIT ?4 OFFSET ?5)sql",
                                 webhook.id, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset));
  core::JsonWriter json(8 * 1024);
  json.begin_object();
  write_page(json, "deliveries", page, std::move(lines), [&](std::int64_t id) { write_delivery(json, db, id); });
  json.end_object();
  return ok(json);
}

// Under its own id, and with a retry schedule that begins anew.
Reply redeliver(const Office& office, Call& call) {
  const auto webhook = require_active(call);
  const auto uuid = core::parse_uuid(call.parameter(1));
  const auto id = !uuid ? std::nullopt
                        : call.db().integer(R"sql(
      SELECT id
      FROM deliveries
      WHERE uuid = ?1
        AND webhook_id = ?2)sql",
                                            *uuid, webhook.id);
  if (!id) {
    throw core::not_found("This webhook has no delivery with that id. GET /webhooks/ID/deliveries lists them.");
  }
  call.db().run(R"sql(
      UPDATE deliveries
      SET status = 'pending', retries = 0, next_attempt_at = ?2
      WHERE id = ?1)sql",
                *id, call.now);
  note_after_commit(office, call, webhook.id);
  return accepted_delivery(call, *id);
}

}  // namespace

// clang-format off: a table
Routes delivery_routes(const Office& office) {
  const auto on = [&office](Reply (*handler)(const Office&, Call&)) {
    return [&office, handler](Call& call) { return handler(office, call); };
  };
  return {
      {POST,
       "/webhooks/:id/test",
       Access::agent,
       Limit::general,
       Kind::write,
       on(send_test),
       {"Have a ping sent", "", "DeliveryAnswer"}},
      {GET,
       "/webhooks/:id/deliveries",
       Access::agent,
       Limit::general,
       Kind::read,
       on(list_deliveries),
       {"What was sent, and how it went", "", "DeliveryPage"}},
      {POST,
       "/webhooks/:id/deliveries/:delivery_id/redeliver",
       Access::agent,
       Limit::general,
       Kind::write,
       on(redeliver),
       {"Send a delivery again, under the same id", "", "DeliveryAnswer"}},
  };
}
// clang-format on

}  // namespace webhooks
