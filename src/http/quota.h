// Which actions have a rate limit, and how high it is (section 10 of the contract).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace http {

// `count` requests in `window_ms`: the bucket's size, and what it refills in that time, evenly. count 0: no limit.
// At most kMaxCount in at most a day, so that count × window_ms fits 64 bits with room to spare.
struct Quota {
  std::int64_t count = 0;
  core::Time window_ms = core::kMinute;

  static constexpr std::int64_t kMaxCount = 1'000'000'000;
  friend bool operator==(const Quota&, const Quota&) = default;
};

// The names as --rate-limit and the RateLimit headers have them. `failed_key` counts, by address, requests with a key
// that is not valid.
enum class Bucket : std::uint8_t { keyed, keyless, registration, post, comment, follow, pinch, endorse, failed_key };
inline constexpr std::size_t kBuckets = 9;
[[nodiscard]] std::string_view name_of(Bucket bucket);
[[nodiscard]] std::optional<Bucket> bucket_from(std::string_view name);

struct Quotas {
  std::array<Quota, kBuckets> of{};

  static Quotas defaults();
  static Quotas strict();  // what the real service publishes
  static Quotas off();
  // "default", "strict", "off".
  static std::optional<Quotas> named(std::string_view name);

  // "endorse=20/hour" (units: second, minute or min, hour, day) or "endorse=off". Returns a sentence for what is wrong,
  // and changes nothing then, or std::nullopt.
  std::optional<std::string> set(std::string_view text);

  [[nodiscard]] const Quota& operator[](Bucket bucket) const { return of[static_cast<std::size_t>(bucket)]; }
  [[nodiscard]] Quota& operator[](Bucket bucket) { return of[static_cast<std::size_t>(bucket)]; }
  friend bool operator==(const Quotas&, const Quotas&) = default;
};

}  // namespace http
