#include "webhooks/schedule.h"

#include <optional>
#include <set>

#include "support/catch.h"

using namespace webhooks;

TEST_CASE("the retry schedule", "[webhooks]") {
  constexpr core::Time kSteps[] = {5'000, 30'000, 120'000, 600'000, 3'600'000, 14'400'000, 43'200'000, 86'400'000};
  core::SystemRandom random;
  std::set<std::optional<core::Time>> firsts;
  for (int round = 0; round < 100; ++round) {
    const auto delivery = core::make_uuid(0, random);
    firsts.insert(retry_delay(0, delivery, std::nullopt));
    for (std::int64_t step = 0; step < 8; ++step) {
      const auto delay = retry_delay(step, delivery, std::nullopt);
      REQUIRE(delay);
      CHECK(*delay >= kSteps[step] * 9 / 10);
      CHECK(*delay <= kSteps[step] * 11 / 10);
      CHECK(delay == retry_delay(step, delivery, std::nullopt));
    }
    CHECK_FALSE(retry_delay(8, delivery, std::nullopt));
    CHECK_FALSE(retry_delay(8, delivery, 1000));
  }
  CHECK(firsts.size() > 10);
}

TEST_CASE("Retry-After counts up to the next step", "[webhooks]") {
  const core::Uuid delivery;
  CHECK(retry_delay(0, delivery, 7'000) == 7'000);
  CHECK(retry_delay(0, delivery, 20'000) == 20'000);
  CHECK(retry_delay(0, delivery, 3'600'000) == 30'000);
  CHECK(retry_delay(7, delivery, 999'999'999) == 86'400'000);
  CHECK(retry_delay(0, delivery, 0) == 1'000);

  CHECK(longest_delay(0) == 0);
  CHECK(longest_delay(1) == 33'000);
  CHECK(longest_delay(8) == 95'040'000);

  CHECK(parse_retry_after("120", 0) == 120'000);
  CHECK(parse_retry_after("0", 0) == 0);
  CHECK(parse_retry_after("99999999999999999999", 0));
  CHECK(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", 1'445'412'470'000) == 10'000);
  CHECK(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", 1'445'412'490'000) == 0);
  CHECK(parse_retry_after("Wednesday, 21-Oct-15 07:28:00 GMT", 1'445'412'470'000) == 10'000);
  CHECK(parse_retry_after("Wed Oct 21 07:28:00 2015", 1'445'412'470'000) == 10'000);
  for (const auto* bad : {"", "-1", "soon", "1.5", "Wed, 21 Oct"}) {
    INFO(bad);
    CHECK_FALSE(parse_retry_after(bad, 0));
  }
}
