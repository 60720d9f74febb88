// IP addresses and the ranges they lie in (RFC 4291, RFC 4632). No names are resolved here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace core {

// IPv4 is kept as IPv4-mapped IPv6 (::ffff:a.b.c.d), so that both forms of one address are equal.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] bool is_v4() const;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

// "127.0.0.1", "::1"; a zone ("%eth0"), brackets or a port make it something else: std::nullopt.
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);

struct IpRange {
  IpAddress first;   // bits behind the prefix are zero
  int prefix = 128;  // bits of the 128 that count; an IPv4 range has at least 96

  [[nodiscard]] bool contains(const IpAddress& address) const;
};

// CIDR ("10.0.0.0/8", "fd00::/8") or a single address. Bits behind the prefix may be set and do not count.
[[nodiscard]] std::optional<IpRange> parse_ip_range(std::string_view text);

}  // namespace core
