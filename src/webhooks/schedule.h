// When a failed delivery is tried again, and when its webhook is given up.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/clock.h"
#include "core/ids.h"

namespace webhooks {

// A webhook all of whose attempts failed for so long is deactivated.
inline constexpr core::Time kGiveUpAfter = 5 * core::kDay;

// How long after its failed attempt a delivery is tried again; std::nullopt if that was the last one. `retries`: how
// many steps of the schedule it has used. Each step is drawn ±10 % from the delivery's own id, which is as random as it
// needs to be and leaves the server's chance, that a test may have seeded, to what clients see.
// `retry_after`: what a 429 or 503 asked for; it counts instead, up to the step after this one.
[[nodiscard]] std::optional<core::Time> retry_delay(std::int64_t retries, const core::Uuid& delivery,
                                                    std::optional<core::Time> retry_after);

// The longest that retry_delay() gave a delivery that has used so many steps; 0 for one that was not tried yet.
[[nodiscard]] core::Time longest_delay(std::int64_t retries);

// Retry-After (RFC 9110, section 10.2.3): seconds, or a date, which is compared with `now`, the real time.
[[nodiscard]] std::optional<core::Time> parse_retry_after(std::string_view value, core::Time now);

}  // namespace webhooks
