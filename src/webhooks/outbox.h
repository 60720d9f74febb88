// From events to deliveries: listens, and writes rows in the transaction of the cause.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/clock.h"
#include "core/ids.h"
#include "core/random.h"
#include "events/events.h"
#include "storage/database.h"
#include "webhooks/dispatcher.h"

namespace webhooks {

// Both must outlive `bus`.
void listen(events::Bus& bus, core::Random& random, Dispatcher& dispatcher);

// A delivery for one webhook, due at once.
struct NewDelivery {
  std::int64_t webhook = 0;
  core::Uuid uuid;
  std::string_view event;
  std::string_view body;  // see body_of()
  core::Time created_at = 0;
};
void insert(storage::Database& db, const NewDelivery& delivery);

// What is sent: {"event", "data", "source", "timestamp"}. `data` is JSON.
[[nodiscard]] std::string body_of(std::string_view event, std::string_view data, core::Time time);

}  // namespace webhooks
