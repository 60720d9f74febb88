#include "server/exposition.h"

#include <array>

#include "support/catch.h"

TEST_CASE("metrics are written as Prometheus reads them", "[server]") {
  using server::Exposition;
  Exposition out;
  out.metric("requests_total", Exposition::Type::counter, "Requests.")
      .sample(3)
      .sample(0.25, {{"route", "/a\"b\\c\n"}, {"status", "200"}});
  constexpr std::array<double, 2> kBounds = {0.5, 1};
  constexpr std::array<std::uint64_t, 3> kCounts = {1, 0, 2};
  out.metric("seconds", Exposition::Type::histogram, "Durations.").histogram(kBounds, kCounts, 4.5, {{"route", "/"}});

  CHECK(out.take() ==
        "# HELP requests_total Requests.\n"
        "# TYPE requests_total counter\n"
        "requests_total 3\n"
        "requests_total{route=\"/a\\\"b\\\\c\\n\",status=\"200\"} 0.25\n"
        "# HELP seconds Durations.\n"
        "# TYPE seconds histogram\n"
        "seconds_bucket{route=\"/\",le=\"0.5\"} 1\n"
        "seconds_bucket{route=\"/\",le=\"1\"} 1\n"
        "seconds_bucket{route=\"/\",le=\"+Inf\"} 3\n"
        "seconds_sum{route=\"/\"} 4.5\n"
        "seconds_count{route=\"/\"} 3\n");
}
