#include "webhooks/delivery.h"

#include <algorithm>

#include "webhooks/schedule.h"
#include "webhooks/webhooks.h"

namespace webhooks {

Backlog backlog(storage::Database& db, std::int64_t webhook, core::Time now, std::size_t count,
                std::span<const std::int64_t> leave_out) {
  Backlog backlog;
  {
    auto row = db.query(R"sql(
        SELECT url, secret, old_secret, old_secret_until
        FROM webhooks
        WHERE id = ?1
          AND active = 1)sql",
                        webhook);
    if (!row.step()) return backlog;
    backlog.to = Destination{row.string(0), row.string(1), row.maybe_text(2), row.integer(3)};
  }
  const auto fetched = static_cast<std::int64_t>(count + leave_out.size() + 1);
  for (auto row = db.query(R"sql(
           SELECT id, uuid, event, body, retries, next_attempt_at
           FROM deliveries
           WHERE webhook_id = ?1
             AND status = 'pending'
           ORDER BY next_attempt_at, id
           LIMIT ?2)sql",
                           webhook, fetched);
       row.step();) {
    if (std::ranges::find(leave_out, row.integer(0)) != leave_out.end()) continue;
    if (row.integer(5) > now || backlog.due.size() == count) {
      backlog.next = row.integer(5);
      break;
    }
    backlog.due.push_back({row.integer(0), row.uuid(1), row.string(2), row.string(3), row.integer(4)});
  }
  return backlog;
}

std::optional<Waiting> next_waiting(storage::Database& db, std::int64_t after) {
  auto row = db.query(R"sql(
      SELECT webhook_id, next_attempt_at
      FROM deliveries
      WHERE status = 'pending'
        AND webhook_id > ?1
      ORDER BY webhook_id, next_attempt_at
      LIMIT 1)sql",
                      after);
  if (!row.step()) return std::nullopt;
  return Waiting{row.integer(0), row.integer(1)};
}

namespace {

std::vector<std::int64_t> too_far_ahead(storage::Database& db, std::int64_t webhook, core::Time now) {
  std::vector<std::int64_t> ids;
  for (auto row = db.query(R"sql(
           SELECT id, retries, next_attempt_at
           FROM deliveries
           WHERE webhook_id = ?1
             AND status = 'pending'
             AND next_attempt_at > ?2)sql",
                           webhook, now);
       row.step();) {
    if (row.integer(2) > now + longest_delay(row.integer(1))) ids.push_back(row.integer(0));
  }
  return ids;
}

void note_success(storage::Database& db, const Settlement& result) {
  db.run(R"sql(
      UPDATE webhooks
      SET failure_count = 0, failing_since = NULL, last_delivery_at = ?2
      WHERE id = ?1)sql",
         result.webhook, result.at);
}

// True if that was one too many.
bool note_failure(storage::Database& db, const Settlement& result) {
  db.run(R"sql(
      UPDATE webhooks
      SET failure_count = failure_count + 1, failing_since = coalesce(failing_since, ?2)
      WHERE id = ?1)sql",
         result.webhook, result.at);
  const auto since = db.integer(R"sql(
      SELECT failing_since
      FROM webhooks
      WHERE id = ?1
        AND active = 1)sql",
                                result.webhook);
  if (!since) return false;
  if (result.gone) {
    deactivate(db, result.webhook, "The receiver answered 410 Gone.");
    return true;
  }
  if (result.at - *since < kGiveUpAfter) return false;
  deactivate(db, result.webhook, "Every attempt failed for 5 days. The last one: " + result.error);
  return true;
}

}  // namespace

std::vector<std::int64_t> bring_forward(storage::Database& db, core::Time now) {
  std::vector<std::int64_t> webhooks;
  for (auto waiting = next_waiting(db, 0); waiting; waiting = next_waiting(db, waiting->webhook)) {
    const auto ids = too_far_ahead(db, waiting->webhook, now);
    if (!ids.empty()) webhooks.push_back(waiting->webhook);
    for (const std::int64_t id : ids) {
      db.run(R"sql(
          UPDATE deliveries
          SET next_attempt_at = ?2
          WHERE id = ?1)sql",
             id, now);
    }
  }
  return webhooks;
}

bool settle(storage::Database& db, const Settlement& result) {
  const bool retried = !result.delivered && result.next_attempt_at;
  const bool known = db.run(R"sql(
      UPDATE deliveries
      SET attempts = attempts + 1, status = ?3, next_attempt_at = ?4, retries = ?5, response_status = ?6, error = ?7,
        response_body = ?8, duration_ms = ?9, delivered_at = coalesce(?10, delivered_at)
      WHERE id = ?1
        AND uuid = ?2
        AND status = 'pending')sql",
                            result.delivery, result.uuid,
                            result.delivered ? "delivered"
                            : retried        ? "pending"
                                             : "failed",
                            retried ? result.next_attempt_at : std::nullopt, result.retries, result.status,
                            result.delivered ? std::nullopt : std::optional(result.error), result.answer,
                            result.duration_ms, result.delivered ? std::optional(result.at) : std::nullopt) > 0;
  if (!known) return false;
  if (!result.delivered) return note_failure(db, result);
  note_success(db, result);
  return false;
}

DeliveryCounts count_deliveries(storage::Database& db) {
  const auto count = [&](std::string_view status) {
    return db
        .integer(R"sql(
        SELECT count
        FROM tallies
        WHERE kind = 'deliveries:' || ?1
          AND day = -1)sql",
                 status)
        .value_or(0);
  };
  return {.pending = count("pending"), .delivered = count("delivered"), .failed = count("failed")};
}

bool expire(storage::Database& db, core::Time now) {
  constexpr std::int64_t kAtOnce = 200;
  const core::Time oldest = now - kKeepDeliveries;
  const auto settled = db.run(R"sql(
      DELETE FROM deliveries
      WHERE id IN (SELECT id
                   FROM deliveries
                   WHERE status <> 'pending'
                     AND created_at < ?1
                   ORDER BY created_at
                   LIMIT ?2))sql",
                              oldest, kAtOnce);
  const auto unwanted = db.run(R"sql(
      DELETE FROM deliveries
      WHERE id IN (SELECT d.id
                   FROM webhooks w
                     CROSS JOIN deliveries d ON d.webhook_id = w.id
                   WHERE w.active = 0
                     AND d.status = 'pending'
                     AND d.created_at < ?1
                   LIMIT ?2))sql",
                               oldest, kAtOnce);
  return settled == kAtOnce || unwanted == kAtOnce;
}

}  // namespace webhooks
