// Token buckets in memory: one number a bucket (GCRA, ITU-T I.371: the theoretical arrival time), sharded, bounded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "http/route.h"

namespace http {

// `count` requests in `window_ms`: the bucket's size, and what it refills in that time, evenly. count 0: no limit.
struct Quota {
  std::int64_t count = 0;
  core::Time window_ms = core::kMinute;
};

// The names as --rate-limit and the RateLimit headers have them.
enum class Bucket : std::uint8_t { keyed, keyless, registration, post, comment, follow, pinch, endorse, failed_key };
inline constexpr std::size_t kBuckets = 9;
[[nodiscard]] std::string_view name_of(Bucket bucket);
[[nodiscard]] std::optional<Bucket> bucket_from(std::string_view name);

struct Quotas {
  Quota of[kBuckets];
  static Quotas defaults();
  static Quotas strict();   // what the real service publishes
  static Quotas off();
  // "default", "strict", "off".
  static std::optional<Quotas> named(std::string_view name);
  // "endorse=20/hour" (units: second, minute or min, hour, day). Returns a sentence for what is wrong, or nothing.
  std::optional<std::string> set(std::string_view text);
};

// Whose bucket: an agent, or an address (IPv6 by its /64).
struct Subject {
  std::uint64_t hash = 0;
  static Subject agent(std::int64_t id);
  static Subject address(std::string_view ip);
};

// What a request's buckets said.
struct Verdict {
  bool admitted = true;
  std::optional<Bucket> tightest;   // the bucket with the smallest share left; none where nothing applied
  Quota quota;                      // of the tightest
  std::int64_t remaining = 0;       // whole tokens left in it
  std::int64_t reset_s = 0;         // whole seconds, rounded up, until it is full again; refused: until one token
};

// All functions may be called from any thread. Time is the clock's monotonic().
class RateLimiter {
 public:
  RateLimiter(const core::Clock& clock, Quotas quotas, std::size_t max_buckets = 1'000'000);
  ~RateLimiter();

  // Takes one token from each of the named buckets, or none of any if one of them has none.
  [[nodiscard]] Verdict take(Subject subject, std::initializer_list<Bucket> buckets);
  // Gives one token back (a request that failed validation gives its action token back).
  void give_back(Subject subject, Bucket bucket);
  // What take() would say, without taking.
  [[nodiscard]] Verdict look(Subject subject, std::initializer_list<Bucket> buckets) const;

  // Forgets every bucket (reset).
  void clear();
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const Quotas& quotas() const;

 private:
  struct Shard;
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

// RateLimit-Policy, RateLimit (draft-ietf-httpapi-ratelimit-headers), X-RateLimit-Limit, -Remaining, -Reset, and for a
// refusal Retry-After.
void add_headers(Reply& reply, const Verdict& verdict);

}  // namespace http
