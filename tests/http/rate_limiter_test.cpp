#include "http/rate_limiter.h"

#include <array>
#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include "http/rate_limit_headers.h"
#include "support/catch.h"

namespace {

using http::Bucket;
using http::Quotas;
using http::RateLimiter;
using http::Subject;
using http::Verdict;

// Moved by hand: the time of the limits, and a wall clock that has nothing to do with it.
class HandClock : public core::Clock {
 public:
  [[nodiscard]] core::Time now() const override { return wall; }
  [[nodiscard]] core::Time monotonic() const override { return time; }

  std::atomic<core::Time> wall = 1'770'120'000'000;
  std::atomic<core::Time> time = 5000;
};

const Subject kAda = Subject::agent(1);
const Subject kBob = Subject::agent(2);

Quotas only(Bucket bucket, std::int64_t count, core::Time window_ms) {
  Quotas quotas = Quotas::off();
  quotas[bucket] = {count, window_ms};
  return quotas;
}

// How many tokens can be taken at once.
int take_all(RateLimiter& limiter, Subject subject, Bucket bucket) {
  int count = 0;
  while (limiter.take(subject, {bucket}).admitted) ++count;
  return count;
}

std::map<std::string, std::string> headers_of(const Verdict& verdict) {
  http::Reply reply;
  http::add_headers(reply, verdict);
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : reply.headers) headers[std::string(name)] = value;
  return headers;
}

}  // namespace

TEST_CASE("a bucket admits its whole limit at once and then one by one", "[http][rate_limiter]") {
  struct Case {
    std::int64_t count;
    core::Time window_ms;
  };
  // 7 a second and 1200 a day don't divide evenly; the last fills less than one a millisecond.
  const auto [count, window_ms] = GENERATE(Case{20, core::kHour}, Case{1200, core::kMinute}, Case{7, core::kSecond},
                                           Case{1, core::kMinute}, Case{1200, core::kDay}, Case{90'001, core::kMinute});
  HandClock clock;
  RateLimiter limiter(clock, only(Bucket::endorse, count, window_ms));
  const core::Time start = clock.time;

  CHECK(take_all(limiter, kAda, Bucket::endorse) == count);
  CHECK(take_all(limiter, kBob, Bucket::endorse) == count);

  // Token n is there at the first millisecond that is n × window ÷ count from the start, and no earlier: no drift.
  for (std::int64_t n = 1; n <= std::min<std::int64_t>(count * 3, 2000); ++n) {
    const core::Time due = start + (n * window_ms + count - 1) / count;
    if (due - 1 > clock.time && (n - 1) * window_ms <= (due - 1 - start) * count) {
      clock.time = due - 1;
      REQUIRE_FALSE(limiter.take(kAda, {Bucket::endorse}).admitted);
    }
    clock.time = due;
    REQUIRE(limiter.take(kAda, {Bucket::endorse}).admitted);
  }

  clock.time += window_ms;
  CHECK(take_all(limiter, kAda, Bucket::endorse) == count);
  clock.time += 1000 * core::kDay;
  CHECK(take_all(limiter, kAda, Bucket::endorse) == count);
}

TEST_CASE("over any stretch of time no more than the limit and the refill is admitted", "[http][rate_limiter]") {
  HandClock clock;
  constexpr std::int64_t kCount = 13;
  constexpr core::Time kWindow = 1000;
  RateLimiter limiter(clock, only(Bucket::post, kCount, kWindow));
  std::mt19937_64 random(3);
  const core::Time start = clock.time;
  std::int64_t admitted = 0;
  for (int i = 0; i < 100'000; ++i) {
    clock.time += static_cast<core::Time>(random() % 20);
    if (limiter.take(kAda, {Bucket::post}).admitted) ++admitted;
    REQUIRE(admitted <= kCount + (clock.time - start) * kCount / kWindow);
  }
  CHECK(admitted >= (clock.time - start) * kCount / kWindow);
}

TEST_CASE("a refused request takes no token from any bucket", "[http][rate_limiter]") {
  HandClock clock;
  Quotas quotas = Quotas::off();
  quotas[Bucket::keyed] = {10, core::kMinute};
  quotas[Bucket::endorse] = {3, core::kHour};
  RateLimiter limiter(clock, quotas);

  for (int i = 0; i < 3; ++i) CHECK(limiter.take(kAda, {Bucket::keyed, Bucket::endorse}).admitted);
  for (int i = 0; i < 50; ++i) {
    const Verdict refused = limiter.take(kAda, {Bucket::keyed, Bucket::endorse});
    CHECK_FALSE(refused.admitted);
    CHECK(refused.tightest == Bucket::endorse);
  }
  CHECK(limiter.look(kAda, {Bucket::keyed}).remaining == 7);
  CHECK(take_all(limiter, kAda, Bucket::keyed) == 7);
  clock.time += 20 * core::kMinute - 1;
  CHECK_FALSE(limiter.take(kAda, {Bucket::endorse}).admitted);
  clock.time += 1;  // refusals have not put it off
  CHECK(limiter.take(kAda, {Bucket::endorse}).admitted);
}

TEST_CASE("a token that is given back can be taken again", "[http][rate_limiter]") {
  HandClock clock;
  RateLimiter limiter(clock, only(Bucket::post, 5, core::kHour));
  CHECK(take_all(limiter, kAda, Bucket::post) == 5);
  limiter.give_back(kAda, Bucket::post);
  limiter.give_back(kAda, Bucket::post);
  CHECK(limiter.look(kAda, {Bucket::post}).remaining == 2);
  CHECK(take_all(limiter, kAda, Bucket::post) == 2);

  for (int i = 0; i < 20; ++i) limiter.give_back(kAda, Bucket::post);  // never more than it holds
  CHECK(take_all(limiter, kAda, Bucket::post) == 5);
  limiter.give_back(kBob, Bucket::post);
  CHECK(take_all(limiter, kBob, Bucket::post) == 5);
  limiter.give_back(kAda, Bucket::pinch);  // without a limit
  CHECK(limiter.size() == 2);
}

TEST_CASE("the wall clock does not matter, and a clock moved back by hand keeps what was used",
          "[http][rate_limiter]") {
  HandClock clock;
  RateLimiter limiter(clock, only(Bucket::post, 5, core::kHour));
  CHECK(limiter.take(kAda, {Bucket::post}).admitted);
  CHECK(limiter.take(kAda, {Bucket::post}).admitted);
  clock.wall += 10 * core::kDay;
  CHECK(limiter.look(kAda, {Bucket::post}).remaining == 3);
  clock.wall -= 30 * core::kDay;
  CHECK(limiter.look(kAda, {Bucket::post}).remaining == 3);

  clock.time -= 10 * core::kDay;
  CHECK(limiter.look(kAda, {Bucket::post}).remaining == 3);
  CHECK(take_all(limiter, kAda, Bucket::post) == 3);
  clock.time += core::kHour / 5;
  CHECK(take_all(limiter, kAda, Bucket::post) == 1);
}

TEST_CASE("the verdict speaks of the tightest bucket", "[http][rate_limiter]") {
  HandClock clock;
  Quotas quotas = Quotas::off();
  quotas[Bucket::keyed] = {100, core::kMinute};
  quotas[Bucket::endorse] = {20, core::kHour};
  RateLimiter limiter(clock, quotas);

  SECTION("what is left, and when it is full again") {
    for (int i = 0; i < 7; ++i) CHECK(limiter.take(kAda, {Bucket::keyed, Bucket::endorse}).admitted);
    const Verdict verdict = limiter.take(kAda, {Bucket::keyed, Bucket::endorse});
    CHECK(verdict.tightest == Bucket::endorse);
    CHECK(verdict.remaining == 12);
    CHECK(verdict.reset_s == 8 * 180);
    CHECK(headers_of(verdict) == std::map<std::string, std::string>{{"RateLimit-Policy", R"("endorse";q=20;w=3600)"},
                                                                    {"RateLimit", R"("endorse";r=12;t=1440)"},
                                                                    {"X-RateLimit-Limit", "20"},
                                                                    {"X-RateLimit-Remaining", "12"},
                                                                    {"X-RateLimit-Reset", "1440"}});
  }
  SECTION("the general one, where it is tighter") {
    for (int i = 0; i < 50; ++i) CHECK(limiter.take(kAda, {Bucket::keyed}).admitted);
    const Verdict verdict = limiter.take(kAda, {Bucket::keyed, Bucket::endorse});
    CHECK(verdict.tightest == Bucket::keyed);
    CHECK(verdict.remaining == 49);
    CHECK(verdict.reset_s == 31);  // 51 × 0.6 s, rounded up
  }
  SECTION("a refusal says when to come back, never too early") {
    CHECK(take_all(limiter, kAda, Bucket::endorse) == 20);
    CHECK(take_all(limiter, kAda, Bucket::keyed) == 100);
    clock.time += 1;
    const Verdict verdict = limiter.take(kAda, {Bucket::keyed, Bucket::endorse});
    CHECK_FALSE(verdict.admitted);
    CHECK(verdict.tightest == Bucket::endorse);  // it refuses for longer than the other
    CHECK(verdict.remaining == 0);
    CHECK(verdict.reset_s == 180);
    CHECK(headers_of(verdict).at("Retry-After") == "180");
    CHECK(headers_of(verdict).at("RateLimit") == R"("endorse";r=0;t=180)");
    clock.time += 180 * core::kSecond - 2;
    CHECK(limiter.take(kAda, {Bucket::endorse}).reset_s == 1);
    clock.time += 1;
    CHECK(limiter.take(kAda, {Bucket::keyed, Bucket::endorse}).admitted);
  }
  SECTION("nothing applied") {
    const Verdict verdict = limiter.take(kAda, {Bucket::keyless});
    CHECK(verdict.admitted);
    CHECK_FALSE(verdict.tightest);
    CHECK(headers_of(verdict).empty());
    CHECK(limiter.size() == 0);
  }
}

TEST_CASE("waiting as long as Retry-After says always suffices", "[http][rate_limiter]") {
  HandClock clock;
  std::mt19937_64 random(11);
  for (int i = 0; i < 2000; ++i) {
    const auto count = static_cast<std::int64_t>(1 + random() % 300);
    const core::Time window_ms = std::array{core::kSecond, core::kMinute, core::kHour}.at(random() % 3);
    RateLimiter limiter(clock, only(Bucket::post, count, window_ms), 10);
    for (int n = 0; n < 400; ++n) {
      clock.time += static_cast<core::Time>(random() % 30);
      const Verdict verdict = limiter.take(kAda, {Bucket::post});
      if (verdict.admitted) continue;
      REQUIRE(verdict.reset_s >= 1);
      clock.time += verdict.reset_s * core::kSecond;
      REQUIRE(limiter.look(kAda, {Bucket::post}).admitted);
      break;
    }
  }
}

TEST_CASE("addresses share a bucket by network", "[http][rate_limiter]") {
  CHECK(Subject::address("192.0.2.1") == Subject::address("::ffff:192.0.2.1"));
  CHECK_FALSE(Subject::address("192.0.2.1") == Subject::address("192.0.2.2"));
  CHECK(Subject::address("2001:db8:1:2::1") == Subject::address("2001:db8:1:2:ffff::9"));
  CHECK_FALSE(Subject::address("2001:db8:1:2::1") == Subject::address("2001:db8:1:3::1"));
  CHECK_FALSE(Subject::address("0.0.0.1") == Subject::agent(1));
  CHECK_FALSE(Subject::address("0:0:0:1::") == Subject::agent(1));
  CHECK_FALSE(Subject::address("0:0:0:1::") == Subject::address("0.0.0.1"));
  CHECK(Subject::address("socket") == Subject::address("socket"));
  CHECK_FALSE(Subject::address("socket") == Subject::address("another"));
}

TEST_CASE("16 threads together never get more than the limit", "[http][rate_limiter][threads]") {
  HandClock clock;
  Quotas quotas = Quotas::off();
  quotas[Bucket::keyed] = {5000, core::kMinute};
  quotas[Bucket::post] = {1000, core::kHour};
  RateLimiter limiter(clock, quotas);
  std::atomic<int> requests = 0;
  std::atomic<int> posts = 0;
  std::atomic<int> others = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 2000; ++n) {
        if (n % 2 == 0) {
          if (limiter.take(kAda, {Bucket::keyed, Bucket::post}).admitted) ++posts;
        } else if (limiter.take(kAda, {Bucket::keyed}).admitted) {
          ++requests;
        }
        if (limiter.take(Subject::agent(100 + i * 2000 + n), {Bucket::keyed}).admitted) ++others;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(posts == 1000);
  CHECK(requests + posts == 5000);
  CHECK(others == 16 * 2000);
  CHECK(limiter.size() == 16 * 2000 + 2);
}

TEST_CASE("the bucket that has been full for longest is forgotten first", "[http][rate_limiter]") {
  HandClock clock;
  constexpr std::size_t kRoom = 100;
  Quotas quotas = Quotas::off();
  quotas[Bucket::keyed] = {60, core::kMinute};  // one token a second
  quotas[Bucket::endorse] = {20, core::kHour};
  RateLimiter limiter(clock, quotas, kRoom);

  CHECK(take_all(limiter, kAda, Bucket::endorse) == 20);  // the oldest, and empty for an hour
  for (std::int64_t id = 100; id < 10'000; ++id) {
    clock.time += 20;  // at any time fifty of the others are not full
    REQUIRE(limiter.take(Subject::agent(id), {Bucket::keyed}).admitted);
    REQUIRE(limiter.size() <= kRoom);
    if (id > 150) REQUIRE(limiter.look(Subject::agent(id - 40), {Bucket::keyed}).remaining == 59);
  }
  CHECK(limiter.size() == kRoom);
  const Verdict verdict = limiter.look(kAda, {Bucket::endorse});  // after 198 s one token has come
  CHECK(verdict.remaining == 1);

  limiter.clear();
  CHECK(limiter.size() == 0);
  CHECK(take_all(limiter, kAda, Bucket::endorse) == 20);
}

TEST_CASE("a full limiter agrees with a plain one about every bucket that matters", "[http][rate_limiter]") {
  HandClock clock;
  const Quotas quotas = only(Bucket::keyed, 5, core::kSecond);
  RateLimiter small(clock, quotas, 400, 99);
  RateLimiter large(clock, quotas, 1'000'000, 7);
  std::mt19937_64 random(4);
  for (int i = 0; i < 200'000; ++i) {
    clock.time += static_cast<core::Time>(random() % 10);
    // So many subjects that most buckets are full long before they are needed again.
    const Subject subject =
        Subject::agent(static_cast<std::int64_t>(random() % 2 == 0 ? random() % 20 : random() % 5000));
    const Verdict expected = large.take(subject, {Bucket::keyed});
    const Verdict verdict = small.take(subject, {Bucket::keyed});
    REQUIRE(verdict.admitted == expected.admitted);
    REQUIRE(verdict.remaining == expected.remaining);
    if (expected.admitted && random() % 5 == 0) {
      large.give_back(subject, Bucket::keyed);
      small.give_back(subject, Bucket::keyed);
    }
  }
  CHECK(small.size() == 400);
}

TEST_CASE("a million clients are all remembered", "[http][rate_limiter]") {
  HandClock clock;
  RateLimiter limiter(clock, only(Bucket::keyless, 600, core::kMinute), 1'000'000, 12345);
  constexpr std::int64_t kClients = 1'000'000;
  for (std::int64_t id = 0; id < kClients; ++id) {
    if (!limiter.take(Subject::agent(id), {Bucket::keyless}).admitted) FAIL("client " << id);
  }
  CHECK(limiter.size() == kClients);
  for (std::int64_t id = 0; id < kClients; id += 997) {
    REQUIRE(limiter.look(Subject::agent(id), {Bucket::keyless}).remaining == 599);
  }
}
