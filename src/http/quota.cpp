#include "http/quota.h"

#include <charconv>
#include <utility>

namespace http {
namespace {

constexpr std::array<std::string_view, kBuckets> kNames = {"keyed",  "keyless", "registration", "post",      "comment",
                                                           "follow", "pinch",   "endorse",      "failed_key"};

constexpr std::pair<std::string_view, core::Time> kUnits[] = {{"second", core::kSecond},
                                                              {"minute", core::kMinute},
                                                              {"min", core::kMinute},
                                                              {"hour", core::kHour},
                                                              {"day", core::kDay}};

std::optional<core::Time> unit_from(std::string_view name) {
  for (const auto& [unit, ms] : kUnits) {
    if (unit == name) return ms;
  }
  return std::nullopt;
}

std::optional<Quota> quota_from(std::string_view text) {
  if (text == "off") return Quota{};
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(0, slash);
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  const auto window = unit_from(text.substr(slash + 1));
  if (error != std::errc() || end != digits.data() + digits.size() || !window) return std::nullopt;
  if (count < 1 || count > Quota::kMaxCount) return std::nullopt;
  return Quota{count, *window};
}

std::string all_names() {
  std::string out;
  for (const std::string_view name : kNames) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

}  // namespace

std::string_view name_of(Bucket bucket) { return kNames[static_cast<std::size_t>(bucket)]; }

std::optional<Bucket> bucket_from(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Bucket>(i);
  }
  return std::nullopt;
}

Quotas Quotas::defaults() {
  Quotas quotas;
  quotas[Bucket::keyed] = {1200, core::kMinute};
  quotas[Bucket::keyless] = {600, core::kMinute};
  quotas[Bucket::registration] = {60, core::kHour};
  quotas[Bucket::post] = {60, core::kHour};
  quotas[Bucket::comment] = {120, core::kHour};
  quotas[Bucket::follow] = {120, core::kHour};
  quotas[Bucket::pinch] = {600, core::kHour};
  quotas[Bucket::endorse] = {20, core::kHour};
  quotas[Bucket::failed_key] = {600, core::kMinute};
  return quotas;
}

Quotas Quotas::strict() {
  Quotas quotas;
  quotas[Bucket::keyed] = {100, core::kMinute};
  quotas[Bucket::keyless] = {30, core::kMinute};
  quotas[Bucket::registration] = {10, core::kHour};
  quotas[Bucket::post] = {10, core::kHour};
  quotas[Bucket::comment] = {30, core::kHour};
  quotas[Bucket::follow] = {50, core::kHour};
  quotas[Bucket::pinch] = {100, core::kHour};
  quotas[Bucket::endorse] = {20, core::kHour};
  quotas[Bucket::failed_key] = {30, core::kMinute};
  return quotas;
}

Quotas Quotas::off() { return {}; }

std::optional<Quotas> Quotas::named(std::string_view name) {
  if (name == "default") return defaults();
  if (name == "strict") return strict();
  if (name == "off") return off();
  return std::nullopt;
}

std::optional<std::string> Quotas::set(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return "a rate limit is written NAME=COUNT/UNIT, for example endorse=20/hour.";
  }
  const auto bucket = bucket_from(text.substr(0, equals));
  if (!bucket) return "there is no rate limit of that name; the names are " + all_names() + ".";
  const auto quota = quota_from(text.substr(equals + 1));
  if (!quota) {
    return "a rate limit is off, or COUNT/UNIT with a count from 1 to 1000000000 and the unit second, minute, hour or "
           "day, for example 20/hour.";
  }
  (*this)[*bucket] = *quota;
  return std::nullopt;
}

}  // namespace http
