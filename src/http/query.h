// Reads query parameters with their limits, like Body reads fields. Parameters nobody asks for are ignored.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "http/body.h"
#include "http/request.h"

namespace http {

// The pairs of a query string, percent-decoded, '+' as a space. Throws core::Error (bad_request) for a malformed escape
// and for bytes that are not UTF-8.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_arguments(std::string_view query);

class Query {
 public:
  explicit Query(const Request& request) : request_(request) {}

  // An empty value counts as missing.
  std::optional<std::string> text(std::string_view name, TextRule rule);
  std::optional<std::string> choice(std::string_view name, std::span<const std::string_view> allowed);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<bool> boolean(std::string_view name);     // true, false, 1, 0
  std::optional<core::Time> time(std::string_view name);  // RFC 3339, or unix seconds

  void fault(std::string_view name, std::string detail);
  void check() const;  // throws core::Error (bad_request) with all faults

 private:
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  void fault_about(std::string_view name, std::string_view rest);

  const Request& request_;
  std::vector<core::FieldFault> faults_;
};

}  // namespace http
