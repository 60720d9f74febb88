#include "http/client_address.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/text.h"

namespace http {
namespace {

constexpr std::string_view kForwardedFor = "x-forwarded-for";

bool is_trusted(std::string_view text, std::span<const core::IpRange> trusted) {
  const auto address = core::parse_ip(text);
  return address && std::any_of(trusted.begin(), trusted.end(),
                                [&address](const core::IpRange& range) { return range.contains(*address); });
}

// An entry's address without its port; std::nullopt where it is none ("unknown", "_hidden").
std::optional<std::string_view> address_in(std::string_view entry) {
  entry = core::trim(entry);
  if (entry.starts_with('[')) {
    const std::size_t bracket = entry.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    entry = entry.substr(1, bracket - 1);
  } else if (entry.find(':') == entry.rfind(':')) {
    entry = entry.substr(0, entry.find(':'));  // IPv4 with a port: a bare IPv6 address has two colons at least
  }
  return core::parse_ip(entry) ? std::optional(entry) : std::nullopt;
}

}  // namespace

std::string client_address(const Request& request, std::span<const core::IpRange> trusted) {
  if (trusted.empty()) return request.client_address;
  std::string_view client = request.client_address;
  if (!is_trusted(client, trusted)) return std::string(client);

  // Several headers of that name are one list in their order (RFC 9110, section 5.3); it is read from its end.
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    if (!core::equal_ignoring_case(header->name, kForwardedFor)) continue;
    std::string_view list = header->value;
    while (true) {
      const std::size_t comma = list.rfind(',');
      const bool first = comma == std::string_view::npos;
      const auto address = address_in(first ? list : list.substr(comma + 1));
      if (!address) return std::string(client);
      client = *address;
      if (!is_trusted(client, trusted)) return std::string(client);
      if (first) break;
      list = list.substr(0, comma);
    }
  }
  return std::string(client);
}

}  // namespace http
