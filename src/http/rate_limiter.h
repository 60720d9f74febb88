// Token buckets in memory: what is used of each, and when that was so; sharded, bounded, in whole numbers throughout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "http/quota.h"

namespace http {

// Whose bucket: an agent, or an address (IPv4 in either notation; IPv6 by its /64, which is what one customer has).
struct Subject {
  enum class Kind : std::uint8_t { agent, ipv4, ipv6, other };

  Kind kind = Kind::other;
  std::uint64_t value = 0;

  static Subject agent(std::int64_t id);
  static Subject address(std::string_view ip);
  friend bool operator==(const Subject&, const Subject&) = default;
};

// What a request's buckets said.
struct Verdict {
  bool admitted = true;
  // The bucket with the smallest share left (of those that refuse: the one that refuses longest); none where nothing
  // applied.
  std::optional<Bucket> tightest;
  Quota quota;                 // of the tightest
  std::int64_t remaining = 0;  // whole tokens left in it
  // Whole seconds, rounded up: until it is full again; when refused, until one token is there.
  std::int64_t reset_s = 0;
};

// One bucket that was taken from.
struct Usage {
  Subject subject;
  Bucket bucket = Bucket::keyed;
  Quota quota;
  std::int64_t remaining = 0;  // whole tokens
  std::int64_t reset_s = 0;    // whole seconds until it is full again, rounded up
};

// All functions may be called from any thread. Time is the clock's monotonic(), so that jumps of the wall clock change
// nothing; a clock moved back by hand keeps what was used.
//
// A bucket admits exactly `count` requests at once, then one more every window/count, without drift. Where there is no
// room for another bucket, the one that has been full for longest is forgotten, which loses nothing; if none is full,
// the one that will be first.
class RateLimiter {
 public:
  // Keeps `max_buckets`, and up to a sixteenth more, since the shards don't fill evenly. `seed`: a random number, so
  // that nobody can choose addresses whose buckets collide.
  RateLimiter(const core::Clock& clock, Quotas quotas, std::size_t max_buckets = 1'000'000, std::uint64_t seed = 0);
  ~RateLimiter();

  // Takes one token from each of the named buckets (different ones), or none of any if one of them has none.
  [[nodiscard]] Verdict take(Subject subject, std::initializer_list<Bucket> buckets);
  // Gives one token back (a request that failed validation gives its action token back).
  void give_back(Subject subject, Bucket bucket);
  // What the buckets hold now; `admitted` as take() would say.
  [[nodiscard]] Verdict look(Subject subject, std::initializer_list<Bucket> buckets) const;

  // The buckets that are not full, at most `most` of them, the one with the smallest share left first. Looks at each.
  [[nodiscard]] std::vector<Usage> in_use(std::size_t most) const;

  // Forgets every bucket (reset).
  void clear();
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const Quotas& quotas() const;

 private:
  class Shard;
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace http
