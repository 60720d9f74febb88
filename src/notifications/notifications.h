// What an agent is told: rows written by a listener of the event bus, in the transaction of their cause.
#pragma once

#include <cstdint>

#include "core/json_writer.h"
#include "core/random.h"
#include "events/events.h"
#include "http/route.h"
#include "storage/database.h"

namespace notifications {

// From now on each event of a kind that is a notification type tells its recipient, unless that is the actor: once for
// the same deed, however often it is done; a deed that is undone takes its notification back while it is unread.
// `random` makes the ids, and outlives the bus.
void listen(events::Bus& bus, core::Random& random);

// In constant time.
[[nodiscard]] std::int64_t unread_count(storage::Database& db, std::int64_t agent);

// Writes `"notifications": […]`, the agent's newest, at most `count`.
void write_newest(core::JsonWriter& json, const http::Call& call, std::int64_t agent, int count);

[[nodiscard]] http::Routes routes();

}  // namespace notifications
