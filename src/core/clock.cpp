#include "core/clock.h"

#include <algorithm>
#include <chrono>

namespace core {
namespace {

// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
constexpr Time kFirstTime = -62'167'219'200'000;
constexpr Time kLastTime = 253'402'300'799'999;

Time real_monotonic() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void put_digits(char* at, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a text apart from its beginning; any step that does not fit makes it bad for good.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_.size() <= i || !is_digit(rest_[i])) {
        good_ = false;
        return 0;
      }
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  void expect(char either, char other) {
    if (!accept(either) && !accept(other)) good_ = false;
  }

  bool accept(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // At least one digit; the first three count, as milliseconds.
  int fraction_ms() {
    int value = 0;
    std::size_t count = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
      if (count < 3) value = value * 10 + (rest_[count] - '0');
    }
    if (count == 0) good_ = false;
    for (std::size_t i = count; i < 3; ++i) value *= 10;
    rest_.remove_prefix(count);
    return value;
  }

  void fail() { good_ = false; }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// Minutes east of UTC.
int read_offset(Scanner& scan) {
  if (scan.accept('Z') || scan.accept('z')) return 0;
  const bool east = scan.accept('+');
  if (!east) scan.expect('-', '-');
  const int hours = scan.digits(2);
  scan.expect(':', ':');
  const int minutes = scan.digits(2);
  if (hours > 23 || minutes > 59) scan.fail();
  return (east ? 1 : -1) * (hours * 60 + minutes);
}

// Leap seconds are inserted at the end of a UTC day that ends a month (RFC 3339, section 5.7). `after` is the second
// after it.
bool may_follow_leap_second(Time after) {
  if (after % kDay != 0) return false;
  const std::chrono::sys_days day{std::chrono::days{after / kDay}};
  return std::chrono::year_month_day{day}.day() == std::chrono::day{1};
}

}  // namespace

void append_time(std::string& out, Time time) {
  time = std::clamp(time, kFirstTime, kLastTime);
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds{time}};
  const auto midnight = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{midnight};
  const auto ms = static_cast<unsigned>((point - midnight).count());

  char text[] = "0000-00-00T00:00:00.000Z";
  put_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_digits(text + 5, static_cast<unsigned>(date.month()), 2);
  put_digits(text + 8, static_cast<unsigned>(date.day()), 2);
  put_digits(text + 11, ms / 3'600'000, 2);
  put_digits(text + 14, ms / 60'000 % 60, 2);
  put_digits(text + 17, ms / 1000 % 60, 2);
  put_digits(text + 20, ms % 1000, 3);
  out.append(text, sizeof text - 1);
}

std::string format_time(Time time) {
  std::string out;
  append_time(out, time);
  return out;
}

std::optional<Time> parse_time(std::string_view text) {
  Scanner scan(text);
  const int year = scan.digits(4);
  scan.expect('-', '-');
  const auto month = static_cast<unsigned>(scan.digits(2));
  scan.expect('-', '-');
  const auto day = static_cast<unsigned>(scan.digits(2));
  scan.expect('T', 't');
  const int hour = scan.digits(2);
  scan.expect(':', ':');
  const int minute = scan.digits(2);
  scan.expect(':', ':');
  const int second = scan.digits(2);
  const int ms = scan.accept('.') ? scan.fraction_ms() : 0;
  const int offset_minutes = read_offset(scan);
  if (!scan.at_end()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const Time days = std::chrono::sys_days{date}.time_since_epoch().count();
  const Time whole = days * kDay + hour * kHour + (minute - offset_minutes) * kMinute + second * kSecond;
  if (second == 60 && !may_follow_leap_second(whole)) return std::nullopt;
  return whole + ms;
}

AdjustableClock::Setting AdjustableClock::load() const {
  while (true) {
    const std::uint32_t before = sequence_.load(std::memory_order_acquire);
    // Acquire, so that the second look at the sequence cannot come before these.
    const Setting setting{frozen_.load(std::memory_order_acquire), wall_.load(std::memory_order_acquire),
                          steady_.load(std::memory_order_acquire)};
    if (before % 2 == 0 && sequence_.load(std::memory_order_relaxed) == before) return setting;
  }
}

void AdjustableClock::store(const Setting& setting) {
  const std::uint32_t before = sequence_.load(std::memory_order_relaxed);
  sequence_.store(before + 1, std::memory_order_relaxed);
  // Release, so that whoever sees one of these sees the odd number too.
  frozen_.store(setting.frozen, std::memory_order_release);
  wall_.store(setting.wall, std::memory_order_release);
  steady_.store(setting.steady, std::memory_order_release);
  sequence_.store(before + 2, std::memory_order_release);
}

Time AdjustableClock::now() const {
  const Setting setting = load();
  return setting.frozen ? setting.wall : real_now() + setting.wall;
}

Time AdjustableClock::monotonic() const {
  const Setting setting = load();
  return setting.frozen ? setting.steady : real_monotonic() + setting.steady;
}

template <class Change>
void AdjustableClock::change(const Change& change) {
  {
    const std::lock_guard lock(writing_);
    store(change(load()));
  }
  if (moved_) moved_();
}

void AdjustableClock::set(Time time, bool frozen) {
  change([&](const Setting& old) {
    const Time wall = real_now();
    const Time steady = real_monotonic();
    const Time moved = time - (old.frozen ? old.wall : wall + old.wall);
    const Time shown_steady = (old.frozen ? old.steady : steady + old.steady) + moved;
    return frozen ? Setting{true, time, shown_steady} : Setting{false, time - wall, shown_steady - steady};
  });
}

void AdjustableClock::advance(Time ms) {
  change([&](const Setting& old) { return Setting{old.frozen, old.wall + ms, old.steady + ms}; });
}

void AdjustableClock::freeze(bool frozen) {
  change([&](const Setting& old) {
    if (old.frozen == frozen) return old;
    const Time sign = frozen ? 1 : -1;
    return Setting{frozen, old.wall + sign * real_now(), old.steady + sign * real_monotonic()};
  });
}

void AdjustableClock::release() {
  change([](const Setting&) { return Setting{}; });
}

bool AdjustableClock::frozen() const { return load().frozen; }

Time AdjustableClock::real_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace core
