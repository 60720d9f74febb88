// What the rate limiter takes of a request's time, and of memory for very many clients.
#include <malloc.h>

#include <iostream>

#include "bench/bench.h"
#include "core/clock.h"
#include "core/stopwatch.h"
#include "http/rate_limiter.h"

namespace bench {

namespace {

constexpr std::int64_t kActive = 100'000;  // clients that write

std::size_t allocated() {
  const struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

// Nanoseconds of one call.
template <class Take>
std::int64_t cost(std::int64_t times, const Take& take) {
  const auto begin = core::stopwatch_us();
  for (std::int64_t time = 0; time < times; ++time) take(time);
  return (core::stopwatch_us() - begin) * 1000 / times;
}

}  // namespace

void measure_limiter(const Arguments& arguments) {
  const auto clients = std::stoll(arguments[0]);
  core::AdjustableClock clock;
  const auto before = allocated();
  http::RateLimiter limiter(clock, http::Quotas::defaults());
  const auto fresh = cost(clients, [&](std::int64_t client) {
    (void)limiter.take(http::Subject::agent(client), {http::Bucket::keyless});
  });
  const auto bytes = allocated() - before;
  const auto act = [&](std::int64_t time) {
    const auto client = http::Subject::agent(time * 7919 % kActive);
    (void)limiter.take(client, {http::Bucket::keyless, http::Bucket::post});
  };
  cost(kActive, act);
  const auto known = cost(clients, act);
  std::cout << fresh << ' ' << known << ' ' << bytes << '\n';
}

}  // namespace bench
