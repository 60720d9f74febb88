#include "webhooks/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string>

#include "core/crypto.h"

namespace webhooks {
namespace {

constexpr std::array<core::Time, 8> kSteps = {
    5 * core::kSecond, 30 * core::kSecond, 2 * core::kMinute, 10 * core::kMinute,
    core::kHour,       4 * core::kHour,    12 * core::kHour,  24 * core::kHour,
};

// A date as senders write it now and as old ones did (RFC 9110, section 5.6.7).
constexpr std::array<const char*, 3> kDateForms = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                                   "%a %b %e %H:%M:%S %Y"};

// Whole numbers of thousandths from 900 to 1100.
core::Time jitter(std::int64_t retries, const core::Uuid& delivery) {
  const std::string seed = delivery.text() + std::to_string(retries);
  return 900 + core::crc32(seed) % 201;
}

}  // namespace

std::optional<core::Time> retry_delay(std::int64_t retries, const core::Uuid& delivery,
                                      std::optional<core::Time> retry_after) {
  const auto step = static_cast<std::size_t>(std::max<std::int64_t>(retries, 0));
  if (step >= kSteps.size()) return std::nullopt;
  if (retry_after) {
    return std::clamp(*retry_after, core::kSecond, kSteps[std::min(step + 1, kSteps.size() - 1)]);
  }
  return kSteps[step] / 1000 * jitter(retries, delivery);
}

core::Time longest_delay(std::int64_t retries) {
  if (retries <= 0) return 0;
  return kSteps[std::min(static_cast<std::size_t>(retries), kSteps.size() - 1)] * 11 / 10;
}

std::optional<core::Time> parse_retry_after(std::string_view value, core::Time now) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (end == value.data() + value.size() && !value.empty() && value.front() != '-') {
    constexpr std::int64_t kMost = 365 * 24 * 3600;
    return (error == std::errc() ? std::min(seconds, kMost) : kMost) * core::kSecond;
  }
  const std::string date(value);
  for (const char* const form : kDateForms) {
    std::tm parts{};
    const char* const rest = ::strptime(date.c_str(), form, &parts);
    if (rest == nullptr || *rest != '\0') continue;
    return std::max<core::Time>(::timegm(&parts) * core::kSecond - now, 0);
  }
  return std::nullopt;
}

}  // namespace webhooks
