// Webhook deliveries, for tests that wait for one: /_test/deliveries.
#pragma once

#include "http/route.h"
#include "storage/store.h"
#include "testing/waits.h"

namespace testing {

// Both outlive the routes. The waits look by themselves every few milliseconds: deliveries are written by others.
[[nodiscard]] http::Routes delivery_routes(storage::Store& store, Waits& waits);

}  // namespace testing
