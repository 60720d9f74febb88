// /_test/clock.
#pragma once

#include <functional>

#include "core/clock.h"
#include "http/route.h"

namespace testing {

// `moved` is called after each change, on the thread of its request. `clock` outlives the routes.
[[nodiscard]] http::Routes clock_routes(core::AdjustableClock& clock, std::function<void()> moved);

}  // namespace testing
