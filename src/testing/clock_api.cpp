#include "testing/clock_api.h"

#include <cmath>

#include "core/json_writer.h"
#include "http/body.h"

namespace testing {

using namespace http;

namespace {

constexpr double kMostSeconds = 100.0 * 366 * 86'400;
constexpr core::Time kFirst = 0;
constexpr core::Time kLast = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

Reply show(const core::AdjustableClock& clock) {
  const core::Time now = clock.now();
  const core::Time real = core::AdjustableClock::real_now();
  core::JsonWriter json;
  json.begin_object()
      .time_field("now", now)
      .field("frozen", clock.frozen())
      .time_field("real_now", real)
      .field("offset_seconds", static_cast<double>(now - real) / 1000.0)
      .end_object();
  return ok(json);
}

void set(core::AdjustableClock& clock, const Request& request) {
  Body body(parse_json(request.body));
  const bool release = body.is_null("now");
  const auto text = body.maybe_text("now", {.min = 1, .max = 100, .multiline = false});
  // A time that none is: before all that are allowed.
  const core::Time time = text ? core::parse_time(*text).value_or(kFirst - 1) : kFirst;
  if (body.ok() && (time < kFirst || time > kLast)) {
    body.fault("now",
               "now must be an RFC 3339 time of 1970 or later like 2026-02-03T12:00:00Z, or null for real time.");
  }
  const auto frozen = body.boolean("frozen");
  if (!body.has("now") && !body.has("frozen")) {
    body.fault("now", "Send now (a time, or null for real time), frozen (true or false), or both.");
  }
  body.check();
  if (release) {
    clock.release();
    clock.freeze(frozen.value_or(false));
  } else if (text) {
    clock.set(time, frozen.value_or(clock.frozen()));
  } else {
    clock.freeze(frozen.value_or(clock.frozen()));
  }
}

void advance(core::AdjustableClock& clock, const Request& request) {
  Body body(parse_json(request.body));
  const auto seconds = body.number("seconds", 0, kMostSeconds);
  if (!seconds && body.ok()) body.fault("seconds", "seconds must say by how much, for example {\"seconds\": 3600}.");
  body.check();
  const core::Time by = std::llround(*seconds * 1000.0);
  if (clock.now() > kLast - by) throw core::bad_field("seconds", "seconds must not lead beyond the year 9999.");
  clock.advance(by);
}

}  // namespace

Routes clock_routes(core::AdjustableClock& clock, std::function<void()> moved) {
  const auto get = [&clock](Call&) { return show(clock); };
  const auto put = [&clock, moved](Call& call) {
    set(clock, call.request);
    moved();
    return show(clock);
  };
  const auto post_advance = [&clock, moved](Call& call) {
    advance(clock, call.request);
    moved();
    return show(clock);
  };
  return {
      {GET, "/_test/clock", Access::local, Limit::free, Kind::plain, get, {"The server's clock"}},
      {PUT, "/_test/clock", Access::local, Limit::free, Kind::plain, put, {"Set, stop or release the clock"}},
      {PATCH, "/_test/clock", Access::local, Limit::free, Kind::plain, put, {"Set, stop or release the clock"}},
      {POST, "/_test/clock/advance", Access::local, Limit::free, Kind::plain, post_advance, {"Move the clock forward"}},
  };
}

}  // namespace testing
