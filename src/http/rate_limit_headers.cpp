#include "http/rate_limit_headers.h"

#include <string>
#include <string_view>
#include <utility>

namespace http {

void add_headers(Reply& reply, const Verdict& verdict) {
  if (!verdict.tightest) return;
  const std::string_view name = name_of(*verdict.tightest);
  std::string count = std::to_string(verdict.quota.count);
  std::string remaining = std::to_string(verdict.remaining);
  std::string reset = std::to_string(verdict.reset_s);
  const std::string window = std::to_string(verdict.quota.window_ms / core::kSecond);
  const auto item = [name](std::string_view a, std::string_view a_value, std::string_view b, std::string_view b_value) {
    std::string text;
    text.reserve(name.size() + a.size() + a_value.size() + b.size() + b_value.size() + 2);
    text.append(1, '"').append(name).append(1, '"').append(a).append(a_value).append(b).append(b_value);
    return text;
  };
  reply.header("RateLimit-Policy", item(";q=", count, ";w=", window));
  reply.header("RateLimit", item(";r=", remaining, ";t=", reset));
  reply.header("X-RateLimit-Limit", std::move(count));
  reply.header("X-RateLimit-Remaining", std::move(remaining));
  if (!verdict.admitted) reply.header("Retry-After", reset);
  reply.header("X-RateLimit-Reset", std::move(reset));
}

}  // namespace http
