#include "http/query.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/text.h"

namespace http {

std::vector<std::pair<std::string, std::string>> parse_arguments(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> arguments;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    if (!pair.empty()) {
      const auto equals = pair.find('=');
      auto name = core::percent_decode(pair.substr(0, equals), true);
      auto value = core::percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
      if (!name || !value || !core::is_utf8(*name) || !core::is_utf8(*value)) {
        throw core::bad_request("The query string holds a malformed percent escape, or bytes that are not UTF-8.");
      }
      arguments.emplace_back(std::move(*name), std::move(*value));
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return arguments;
}
namespace {

constexpr std::int64_t kFirstSecond = -62'167'219'200;  // of the year 0
constexpr std::int64_t kLastSecond = 253'402'300'799;   // of the year 9999

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A '+' that was not percent-encoded arrives as a space, which no RFC 3339 time has where its offset begins.
std::string with_plus_restored(std::string_view text) {
  constexpr std::size_t kOffsetLength = 6;  // "+02:00"
  std::string restored(text);
  if (text.size() > kOffsetLength && text[text.size() - kOffsetLength] == ' ') {
    restored[text.size() - kOffsetLength] = '+';
  }
  return restored;
}

}  // namespace

std::optional<std::string_view> Query::find(std::string_view name) const {
  const auto value = request_.argument(name);
  return value && !value->empty() ? value : std::nullopt;
}

std::optional<std::string> Query::text(std::string_view name, TextRule rule) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  std::string text;
  if (const auto wrong = check_text(*value, rule, text)) {
    fault_about(name, *wrong);
    return std::nullopt;
  }
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::optional<std::string> Query::choice(std::string_view name, std::span<const std::string_view> allowed) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return std::string(*value);
  fault_about(name, "must be one of " + core::any_of(allowed) + ".");
  return std::nullopt;
}

std::optional<std::int64_t> Query::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto number = whole_number(*value);
  if (number && *number >= min && *number <= max) return number;
  fault_about(name, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ".");
  return std::nullopt;
}

std::optional<bool> Query::boolean(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (*value == "true" || *value == "1") return true;
  if (*value == "false" || *value == "0") return false;
  fault_about(name, "must be true or false.");
  return std::nullopt;
}

std::optional<core::Time> Query::time(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto seconds = whole_number(*value);
  if (seconds && *seconds >= kFirstSecond && *seconds <= kLastSecond) return *seconds * core::kSecond;
  const auto time = core::parse_time(with_plus_restored(*value));
  if (!time) fault_about(name, "must be an RFC 3339 time like 2026-02-03T12:00:00Z, or unix seconds.");
  return time;
}

void Query::fault(std::string_view name, std::string detail) {
  faults_.push_back({std::string(name), std::move(detail)});
}

// A fault's sentence starts with its parameter, so that it can be read alone.
void Query::fault_about(std::string_view name, std::string_view rest) {
  fault(name, std::string(name).append(" ").append(rest));
}

void Query::check() const {
  if (!faults_.empty()) throw core::bad_fields(faults_);
}

}  // namespace http
