#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.h"
#include "testing/faults.h"

namespace testing {

using http::Body;

namespace {

constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::int64_t kLongestDelayMs = 600'000;
constexpr std::int64_t kLongestRetryS = 86'400;

// What nothing else is asked of answers with an error.
void settle(Fault& fault) {
  const bool asks = fault.delay_ms > 0 || fault.drop || fault.truncate;
  if (!fault.status && (!asks || fault.retry_after_s)) fault.status = kUsualFaultStatus;
}

}  // namespace

Fault read_fault(Body& body) {
  Fault fault;
  if (const auto status = body.integer("status", 400, 599)) fault.status = static_cast<int>(*status);
  if (const auto seconds = body.integer("retry_after", 0, kLongestRetryS)) {
    fault.retry_after_s = static_cast<int>(*seconds);
  }
  fault.delay_ms = body.integer("delay_ms", 0, kLongestDelayMs).value_or(0);
  fault.drop = body.boolean("drop").value_or(false);
  fault.truncate = body.boolean("truncate").value_or(false);
  fault.after = body.boolean("after").value_or(false);
  if (fault.drop && fault.truncate) {
    body.fault("truncate", "truncate and drop exclude each other: an answer is cut off, or not there at all.");
  }
  settle(fault);
  return fault;
}

FaultRule read_fault_rule(Body& body) {
  FaultRule rule;
  constexpr http::TextRule kWord{.min = 1, .max = 100, .multiline = false};
  if (auto method = body.maybe_text("method", kWord)) {
    for (char& c : *method) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    rule.method = *method == "*" ? "" : *method;
    const bool known = rule.method.empty() || std::ranges::find(kMethods, rule.method) != kMethods.end();
    if (!known) body.fault("method", "method must be " + core::any_of(kMethods) + ", or * for each.");
  }
  if (auto path = body.maybe_text("path", {.min = 1, .max = 8192, .multiline = false})) {
    rule.path = std::move(*path);
    if (!rule.path.starts_with('/') && !rule.path.starts_with('*')) {
      body.fault("path", "path must begin with / (or *) and may hold * for any characters, like /feed/*/comments.");
    }
  }
  rule.agent = core::to_lower_ascii(body.maybe_text("agent", kWord).value_or(""));
  rule.probability = body.number("probability", 0, 1).value_or(1);
  rule.times = body.integer("times", 1, 1'000'000'000);
  rule.fault = read_fault(body);
  return rule;
}

Fault parse_fault_header(std::string_view value) {
  const auto refuse = [](const std::string& what) {
    throw core::bad_field("X-ClankdIn-Fault",
                          "X-ClankdIn-Fault " + what +
                              " It takes some of status=400 to 599, retry_after=SECONDS, delay_ms=0 to 600000, drop, "
                              "truncate and after, separated by semicolons: status=429; delay_ms=200.");
  };
  Fault fault;
  bool any = false;
  while (!value.empty()) {
    const auto end = std::min(value.find(';'), value.size());
    const auto part = core::trim(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
    if (part.empty()) continue;
    any = true;
    const auto equals = part.find('=');
    const auto name = core::trim(part.substr(0, equals));
    const auto text = equals == std::string_view::npos ? std::string_view() : core::trim(part.substr(equals + 1));
    const auto flag = [&] {
      if (equals == std::string_view::npos || text == "true" || text == "1") return true;
      if (text != "false" && text != "0") refuse("has a " + std::string(name) + " that is neither true nor false.");
      return false;
    };
    const auto number = [&](std::int64_t min, std::int64_t max) {
      std::int64_t read = 0;
      const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), read);
      const bool whole = error == std::errc() && stop == text.data() + text.size() && !text.empty();
      if (!whole || read < min || read > max) {
        refuse("has a " + std::string(name) + " that is no whole number from " + std::to_string(min) + " to " +
               std::to_string(max) + ".");
      }
      return read;
    };
    if (name == "status") {
      fault.status = static_cast<int>(number(400, 599));
    } else if (name == "retry_after") {
      fault.retry_after_s = static_cast<int>(number(0, kLongestRetryS));
    } else if (name == "delay_ms") {
      fault.delay_ms = number(0, kLongestDelayMs);
    } else if (name == "drop") {
      fault.drop = flag();
    } else if (name == "truncate") {
      fault.truncate = flag();
    } else if (name == "after") {
      fault.after = flag();
    } else {
      refuse("does not know \"" + std::string(core::first_code_points(name, 40)) + "\".");
    }
  }
  if (!any) refuse("is empty.");
  if (fault.drop && fault.truncate) refuse("asks for drop and truncate at once.");
  settle(fault);
  return fault;
}

void write(core::JsonWriter& json, const FaultRule& rule) {
  const auto maybe = [&json](std::string_view name, const std::string& text) {
    json.key(name);
    text.empty() ? json.null() : json.value(text);
  };
  json.begin_object();
  maybe("method", rule.method);
  maybe("path", rule.path);
  maybe("agent", rule.agent);
  json.field("probability", rule.probability)
      .field("times", rule.times)
      .field("hits", rule.hits)
      .field("status", rule.fault.status)
      .field("retry_after", rule.fault.retry_after_s)
      .field("delay_ms", rule.fault.delay_ms)
      .field("drop", rule.fault.drop)
      .field("truncate", rule.fault.truncate)
      .field("after", rule.fault.after)
      .end_object();
}

}  // namespace testing
