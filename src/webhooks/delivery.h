// Deliveries as rows: what waits to be sent, and what became of it. SQL only; who sends is dispatcher.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "storage/database.h"

namespace webhooks {

// Where one webhook's deliveries go, and how they are signed.
struct Destination {
  std::string url;
  std::string secret;
  std::optional<std::string> old_secret;
  core::Time old_secret_until = 0;
};

// One delivery that is to be sent.
struct Job {
  std::int64_t id = 0;
  core::Uuid uuid;
  std::string event;
  std::string body;
  std::int64_t retries = 0;
};

inline constexpr core::Time kNever = INT64_MAX;

// What a webhook has to send.
struct Backlog {
  std::optional<Destination> to;  // none while the webhook is not active, or is gone
  std::vector<Job> due;           // the earliest, at most `count`
  core::Time next = kNever;       // when the one after them is due; `now` or earlier where more are due
};
// `leave_out`: deliveries that are being sent, or whose result is being written.
[[nodiscard]] Backlog backlog(storage::Database& db, std::int64_t webhook, core::Time now, std::size_t count,
                              std::span<const std::int64_t> leave_out);

// The first webhook after `after` that has something pending, and when that is due.
struct Waiting {
  std::int64_t webhook = 0;
  core::Time due = 0;
};
[[nodiscard]] std::optional<Waiting> next_waiting(storage::Database& db, std::int64_t after);

// After the clock went back: what is due further ahead than the schedule ever puts it was put there by the time before,
// and is due now. The webhooks that have such deliveries.
[[nodiscard]] std::vector<std::int64_t> bring_forward(storage::Database& db, core::Time now);

// What became of one attempt.
struct Settlement {
  std::int64_t webhook = 0;
  std::int64_t delivery = 0;
  core::Uuid uuid;
  core::Time at = 0;
  bool delivered = false;
  std::optional<core::Time> next_attempt_at;  // when not delivered: none for the last one
  bool gone = false;                          // the receiver asked for nothing more (410)
  std::int64_t retries = 0;
  std::optional<int> status;
  std::string error;
  std::string answer;
  std::int64_t duration_ms = 0;
};
// Writes it down, and deactivates the webhook where that is due: true then. Nothing happens if the delivery is not
// pending any more, or is another one by now.
bool settle(storage::Database& db, const Settlement& result);

// How many there are of each status; kept by triggers.
struct DeliveryCounts {
  std::int64_t pending = 0;
  std::int64_t delivered = 0;
  std::int64_t failed = 0;
};
[[nodiscard]] DeliveryCounts count_deliveries(storage::Database& db);

// Small periodic work: deletes deliveries that are older than the log is kept, but none that an active webhook has
// still to get, however long the server was down or far the clock jumped. True while there is more to do.
inline constexpr core::Time kKeepDeliveries = 30 * core::kDay;
bool expire(storage::Database& db, core::Time now);

}  // namespace webhooks
