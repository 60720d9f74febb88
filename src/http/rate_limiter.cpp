#include "http/rate_limiter.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/ip.h"

namespace http {
namespace {

// A bucket's level is counted in units of which one token has `window_ms` and one millisecond refills `count`: whole
// numbers whatever the quota, so that nothing is ever rounded.
std::int64_t capacity(const Quota& quota) { return quota.count * quota.window_ms; }

std::int64_t divide_rounding_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

struct Level {
  std::int64_t used = 0;
  core::Time at = 0;

  [[nodiscard]] std::int64_t used_at(core::Time now, const Quota& quota) const {
    if (now <= at) return used;  // moved back by hand
    if (now - at >= quota.window_ms) return 0;
    return std::max<std::int64_t>(0, used - (now - at) * quota.count);
  }
  [[nodiscard]] core::Time full_at(const Quota& quota) const { return at + divide_rounding_up(used, quota.count); }
};

struct Key {
  std::uint64_t value = 0;
  Subject::Kind kind = Subject::Kind::other;
  Bucket bucket = Bucket::keyed;

  friend bool operator==(const Key&, const Key&) = default;
};

struct Slot {
  Level level;
  Key key;
};
static_assert(sizeof(Slot) <= 32, "a million of them cost less than 100 MiB with all that goes with them");

// The finalizer of splitmix64: every bit of the result depends on every bit of `x`.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
  return x ^ x >> 31;
}

std::uint64_t hash_of(Subject subject, std::uint64_t seed) {
  return mix(mix(subject.value ^ seed) + static_cast<std::uint64_t>(subject.kind) + 1);
}

std::uint64_t hash_of(const Key& key, std::uint64_t seed) {
  return mix(hash_of(Subject{key.kind, key.value}, seed) + static_cast<std::uint64_t>(key.bucket) + 1);
}

// Where each key's slot is: open addressing with linear probing, deletion by moving up what follows.
class SlotIndex {
 public:
  explicit SlotIndex(std::uint64_t seed) : seed_(seed) { clear(); }

  void clear() { places_.assign(kSmallest, kEmpty); }

  [[nodiscard]] std::optional<std::uint32_t> find(const std::vector<Slot>& slots, const Key& key) const {
    for (std::size_t place = home(key);; place = next(place)) {
      if (places_[place] == kEmpty) return std::nullopt;
      if (slots[places_[place]].key == key) return places_[place];
    }
  }

  // For a slot whose key is not there yet.
  void insert(const std::vector<Slot>& slots, std::uint32_t slot) {
    if (slots.size() * 4 > places_.size() * 3) grow(slots, slot);
    put(slots[slot].key, slot);
  }

  void erase(const std::vector<Slot>& slots, std::uint32_t slot) {
    std::size_t hole = home(slots[slot].key);
    while (places_[hole] != slot) hole = next(hole);
    for (std::size_t place = next(hole); places_[place] != kEmpty; place = next(place)) {
      // What lies between its home and the hole may move into the hole; distances wrap around the end.
      const std::size_t from_home = (place - home(slots[places_[place]].key)) & (places_.size() - 1);
      const std::size_t from_hole = (place - hole) & (places_.size() - 1);
      if (from_home >= from_hole) {
        places_[hole] = places_[place];
        hole = place;
      }
    }
    places_[hole] = kEmpty;
  }

 private:
  static constexpr std::uint32_t kEmpty = UINT32_MAX;
  static constexpr std::size_t kSmallest = 64;

  [[nodiscard]] std::size_t home(const Key& key) const { return hash_of(key, seed_) & (places_.size() - 1); }
  [[nodiscard]] std::size_t next(std::size_t place) const { return (place + 1) & (places_.size() - 1); }

  void put(const Key& key, std::uint32_t slot) {
    std::size_t place = home(key);
    while (places_[place] != kEmpty) place = next(place);
    places_[place] = slot;
  }

  void grow(const std::vector<Slot>& slots, std::uint32_t newest) {
    places_.assign(places_.size() * 2, kEmpty);
    for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
      if (slot != newest) put(slots[slot].key, slot);
    }
  }

  std::uint64_t seed_;
  std::vector<std::uint32_t> places_;  // a power of two of them
};

// When a slot's bucket is full again, or was when this was written: taking only makes that later, so that the item at
// the top need only be looked at again before it is believed.
struct Expiry {
  core::Time full_at;
  std::uint32_t slot;
  friend bool operator<(const Expiry& a, const Expiry& b) { return a.full_at > b.full_at; }  // the earliest on top
};

}  // namespace

// Slots are never given up singly: one that is forgotten is taken over by the bucket that needed the room.
class alignas(64) RateLimiter::Shard {
 public:
  Shard(const Quotas& quotas, std::size_t max_slots, std::uint64_t seed)
      : quotas_(quotas), max_slots_(max_slots), index_(seed) {}

  mutable std::mutex mutex;  // held by the caller of all below

  [[nodiscard]] std::int64_t used_at(core::Time now, const Key& key) const {
    const auto slot = index_.find(slots_, key);
    return slot ? slots_[*slot].level.used_at(now, quotas_[key.bucket]) : 0;
  }

  // Adds to what is used (or takes away from it, down to nothing).
  void charge(core::Time now, const Key& key, std::int64_t units) {
    if (const auto slot = index_.find(slots_, key)) {
      Level& level = slots_[*slot].level;
      level = {std::max<std::int64_t>(0, level.used_at(now, quotas_[key.bucket]) + units), now};
    } else if (units > 0) {
      insert({{units, now}, key});
    }
  }

  // Calls visit(key, used) for each bucket that is not full.
  template <class Visit>
  void for_each_in_use(core::Time now, const Visit& visit) const {
    for (const Slot& slot : slots_) {
      const std::int64_t used = slot.level.used_at(now, quotas_[slot.key.bucket]);
      if (used > 0) visit(slot.key, used);
    }
  }

  [[nodiscard]] std::size_t size() const { return slots_.size(); }

  void clear() {
    slots_.clear();
    expiries_.clear();
    index_.clear();
  }

 private:
  [[nodiscard]] core::Time full_at(const Slot& slot) const { return slot.level.full_at(quotas_[slot.key.bucket]); }

  void insert(const Slot& slot) {
    std::uint32_t place = 0;
    if (slots_.size() < max_slots_) {
      place = static_cast<std::uint32_t>(slots_.size());
      make_room();
      slots_.push_back(slot);
    } else {
      place = forget_one();
      slots_[place] = slot;
    }
    index_.insert(slots_, place);
    expiries_.push_back({full_at(slot), place});
    std::push_heap(expiries_.begin(), expiries_.end());
  }

  // Like a vector's own growth, but never beyond what will be used.
  void make_room() {
    if (slots_.size() < slots_.capacity()) return;
    const std::size_t room = std::min(max_slots_, std::max<std::size_t>(64, slots_.size() * 2));
    slots_.reserve(room);
    expiries_.reserve(room);
  }

  // The slot of the bucket that is full for longest, or will be first. Each expiry is put right at most once for every
  // time its bucket was taken from.
  std::uint32_t forget_one() {
    while (true) {
      std::pop_heap(expiries_.begin(), expiries_.end());
      Expiry& earliest = expiries_.back();
      const core::Time full = full_at(slots_[earliest.slot]);
      if (full <= earliest.full_at) {
        const std::uint32_t slot = earliest.slot;
        expiries_.pop_back();
        index_.erase(slots_, slot);
        return slot;
      }
      earliest.full_at = full;
      std::push_heap(expiries_.begin(), expiries_.end());
    }
  }

  const Quotas& quotas_;
  std::size_t max_slots_;
  std::vector<Slot> slots_;
  std::vector<Expiry> expiries_;  // a heap with one for each slot
  SlotIndex index_;
};

namespace {

constexpr std::size_t kMaxShards = 64;
constexpr std::size_t kSmallestShard = 1024;

std::size_t count_shards(std::size_t max_buckets) {
  return std::bit_floor(std::clamp<std::size_t>(max_buckets / kSmallestShard, 1, kMaxShards));
}

double share_left(const Quota& quota, std::int64_t used) {
  return static_cast<double>(capacity(quota) - used) / static_cast<double>(capacity(quota));
}

std::int64_t whole_seconds(std::int64_t units, const Quota& quota) {
  return divide_rounding_up(divide_rounding_up(units, quota.count), core::kSecond);
}

}  // namespace

struct RateLimiter::Engine {
  Engine(const core::Clock& the_clock, const Quotas& the_quotas, std::size_t max_buckets, std::uint64_t the_seed)
      : clock(the_clock), quotas(the_quotas), seed(the_seed) {
    const std::size_t count = count_shards(max_buckets);
    const std::size_t even_share = (std::max<std::size_t>(1, max_buckets) + count - 1) / count;
    const std::size_t share = count == 1 ? even_share : even_share + even_share / 16;
    shards.reserve(count);
    for (std::size_t i = 0; i < count; ++i) shards.push_back(std::make_unique<Shard>(quotas, share, seed));
  }

  // All buckets of a subject are in one shard, so that one lock makes a request's taking one step.
  [[nodiscard]] Shard& shard_of(Subject subject) const {
    return *shards[hash_of(subject, seed) >> 32 & (shards.size() - 1)];
  }

  // What the buckets say when each has `tokens` more taken from it. With the shard's mutex held.
  [[nodiscard]] Verdict judge(const Shard& shard, Subject subject, core::Time now,
                              std::initializer_list<Bucket> buckets, std::int64_t tokens) const {
    Verdict verdict;
    std::int64_t longest_ms = 0;
    double smallest_share = 0;
    for (const Bucket bucket : buckets) {
      const Quota& quota = quotas[bucket];
      if (quota.count == 0) continue;
      const std::int64_t used = shard.used_at(now, {subject.value, subject.kind, bucket});
      const std::int64_t missing = used + quota.window_ms - capacity(quota);  // for one token
      if (missing > 0) {
        const std::int64_t wait_ms = divide_rounding_up(missing, quota.count);
        if (verdict.admitted || wait_ms > longest_ms) {
          verdict = {false, bucket, quota, 0, divide_rounding_up(wait_ms, core::kSecond)};
          longest_ms = wait_ms;
        }
      } else if (verdict.admitted) {
        const std::int64_t used_then = used + tokens * quota.window_ms;
        const double share = share_left(quota, used_then);
        if (!verdict.tightest || share < smallest_share) {
          verdict = {true, bucket, quota, (capacity(quota) - used_then) / quota.window_ms,
                     whole_seconds(used_then, quota)};
          smallest_share = share;
        }
      }
    }
    return verdict;
  }

  const core::Clock& clock;
  const Quotas quotas;
  const std::uint64_t seed;
  std::vector<std::unique_ptr<Shard>> shards;  // a power of two of them
};

Subject Subject::agent(std::int64_t id) { return {Kind::agent, static_cast<std::uint64_t>(id)}; }

Subject Subject::address(std::string_view ip) {
  const auto address = core::parse_ip(ip);
  if (!address) return {Kind::other, std::hash<std::string_view>{}(ip)};
  const bool v4 = address->is_v4();
  const auto network = v4 ? std::span(address->bytes).last(4) : std::span(address->bytes).first(8);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : network) value = value << 8 | byte;
  return {v4 ? Kind::ipv4 : Kind::ipv6, value};
}

RateLimiter::RateLimiter(const core::Clock& clock, Quotas quotas, std::size_t max_buckets, std::uint64_t seed)
    : engine_(std::make_unique<Engine>(clock, quotas, max_buckets, seed)) {}

RateLimiter::~RateLimiter() = default;

Verdict RateLimiter::take(Subject subject, std::initializer_list<Bucket> buckets) {
  Shard& shard = engine_->shard_of(subject);
  const std::lock_guard lock(shard.mutex);
  const core::Time now = engine_->clock.monotonic();
  const Verdict verdict = engine_->judge(shard, subject, now, buckets, 1);
  if (!verdict.admitted) return verdict;
  for (const Bucket bucket : buckets) {
    const Quota& quota = engine_->quotas[bucket];
    if (quota.count > 0) shard.charge(now, {subject.value, subject.kind, bucket}, quota.window_ms);
  }
  return verdict;
}

void RateLimiter::give_back(Subject subject, Bucket bucket) {
  const Quota& quota = engine_->quotas[bucket];
  if (quota.count == 0) return;
  Shard& shard = engine_->shard_of(subject);
  const std::lock_guard lock(shard.mutex);
  shard.charge(engine_->clock.monotonic(), {subject.value, subject.kind, bucket}, -quota.window_ms);
}

Verdict RateLimiter::look(Subject subject, std::initializer_list<Bucket> buckets) const {
  const Shard& shard = engine_->shard_of(subject);
  const std::lock_guard lock(shard.mutex);
  return engine_->judge(shard, subject, engine_->clock.monotonic(), buckets, 0);
}

std::vector<Usage> RateLimiter::in_use(std::size_t most) const {
  struct Found {
    double share;
    Usage usage;
  };
  const auto tighter = [](const Found& a, const Found& b) { return a.share < b.share; };
  std::vector<Found> found;  // a heap with the least tight on top
  for (const auto& shard : engine_->shards) {
    const std::lock_guard lock(shard->mutex);
    shard->for_each_in_use(engine_->clock.monotonic(), [&](const Key& key, std::int64_t used) {
      const Quota& quota = engine_->quotas[key.bucket];
      const Usage usage{{key.kind, key.value},
                        key.bucket,
                        quota,
                        (capacity(quota) - used) / quota.window_ms,
                        whole_seconds(used, quota)};
      found.push_back({share_left(quota, used), usage});
      std::push_heap(found.begin(), found.end(), tighter);
      if (found.size() <= most) return;
      std::pop_heap(found.begin(), found.end(), tighter);
      found.pop_back();
    });
  }
  std::sort_heap(found.begin(), found.end(), tighter);
  std::vector<Usage> all;
  for (const Found& one : found) all.push_back(one.usage);
  return all;
}

void RateLimiter::clear() {
  for (const auto& shard : engine_->shards) {
    const std::lock_guard lock(shard->mutex);
    shard->clear();
  }
}

std::size_t RateLimiter::size() const {
  std::size_t sum = 0;
  for (const auto& shard : engine_->shards) {
    const std::lock_guard lock(shard->mutex);
    sum += shard->size();
  }
  return sum;
}

const Quotas& RateLimiter::quotas() const { return engine_->quotas; }

}  // namespace http
