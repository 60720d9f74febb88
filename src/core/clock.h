// Time as the server tells it. Nothing outside core/ asks the operating system what time it is: a Clock is handed in by
// the composition, so that tests and the test controls can stop it and move it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace core {

// Milliseconds since 1970-01-01T00:00:00Z.
using Time = std::int64_t;

inline constexpr Time kSecond = 1000;
inline constexpr Time kMinute = 60 * kSecond;
inline constexpr Time kHour = 60 * kMinute;
inline constexpr Time kDay = 24 * kHour;

// RFC 3339 in UTC with milliseconds: "2026-02-03T12:00:00.000Z". Years 0000 to 9999; other times are clamped to them.
[[nodiscard]] std::string format_time(Time time);
void append_time(std::string& out, Time time);

// Reads any RFC 3339 date-time (offset or Z, any number of fraction digits, kept to milliseconds; a leap
// second counts as the second after it). Nothing else: no bare dates.
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);

// All functions may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time. It may jump.
  [[nodiscard]] virtual Time now() const = 0;
  // Never goes backwards while nobody moves the clock by hand; for durations and rate limits. Its zero means nothing.
  [[nodiscard]] virtual Time monotonic() const = 0;
};

// The operating system's clocks, shifted or frozen by hand (`/_test/clock`). What is done by hand moves now() and
// monotonic() by the same amount; a jump of the operating system's wall clock moves now() alone.
class AdjustableClock : public Clock {
 public:
  [[nodiscard]] Time now() const override;
  [[nodiscard]] Time monotonic() const override;

  // From here on now() starts at `time`, and stands still if `frozen`.
  void set(Time time, bool frozen);
  // Adds to the time, frozen or not. `ms` may be negative.
  void advance(Time ms);
  // Stops or lets go at the time that is shown now.
  void freeze(bool frozen);
  // Back to the operating system's time.
  void release();
  [[nodiscard]] bool frozen() const;

  // Called, on the thread that did it, whenever the clock was moved, stopped or let go: for whoever sleeps until some
  // time of it. Set before other threads move the clock; must not move it.
  void set_watcher(std::function<void()> moved) { moved_ = std::move(moved); }

  // Real time, whatever was set: for `webhook-timestamp`, which receivers compare with their own clock.
  [[nodiscard]] static Time real_now();

 private:
  // While frozen, `wall` and `steady` are what is shown; otherwise they are added to the real clocks.
  struct Setting {
    bool frozen = false;
    Time wall = 0;
    Time steady = 0;
  };

  [[nodiscard]] Setting load() const;
  void store(const Setting& setting);  // with writing_ held
  // Changes the setting and tells the watcher.
  template <class Change>
  void change(const Change& change);

  // Readers take no lock: a sequence lock, odd while a writer is at work, so that they never see halves of two
  // settings.
  std::mutex writing_;
  std::atomic<std::uint32_t> sequence_{0};
  std::atomic<bool> frozen_{false};
  std::atomic<Time> wall_{0};
  std::atomic<Time> steady_{0};
  std::function<void()> moved_;
};

}  // namespace core
