// Durations for figures and logs. Not for anything that a client can see the effect of: that is the Clock's.
#pragma once

#include <chrono>
#include <cstdint>

namespace core {

// Microseconds since an arbitrary moment, never backwards. Any thread.
[[nodiscard]] inline std::int64_t stopwatch_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace core
