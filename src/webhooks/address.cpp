#include "webhooks/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "core/text.h"

namespace webhooks {
namespace {

// Not in these lists: ranges in which an IPv4 address stands, which counts instead.
constexpr std::array<std::string_view, 21> kPrivate = {
    "0.0.0.0/8",       "10.0.0.0/8",    "100.64.0.0/10",   "127.0.0.0/8",     "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",    "192.0.2.0/24",  "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
    "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",  "224.0.0.0/4",    "240.0.0.0/4",
    "2001::/23",       "2001:db8::/32", "3fff::/20",
};
// All of IPv6 that is given out for the public internet (RFC 4291, section 2.4); the rest is local, reserved or unused.
constexpr std::string_view kGlobal = "2000::/3";

// Ranges whose addresses hold an IPv4 address, and its first byte's place.
struct Carrier {
  std::string_view range;
  std::size_t at;
};
constexpr std::array<Carrier, 2> kCarriers = {{{"64:ff9b::/96", 12}, {"2002::/16", 2}}};

core::IpRange range_of(std::string_view text) { return core::parse_ip_range(text).value(); }

core::IpAddress from_v4(const std::uint8_t* bytes) {
  core::IpAddress address;
  address.bytes[10] = address.bytes[11] = 0xFF;
  std::copy_n(bytes, 4, address.bytes.begin() + 12);
  return address;
}

}  // namespace

bool is_private(const core::IpAddress& address) {
  static const auto private_ranges = [] {
    std::array<core::IpRange, kPrivate.size()> ranges;
    std::transform(kPrivate.begin(), kPrivate.end(), ranges.begin(), range_of);
    return ranges;
  }();
  if (std::ranges::any_of(private_ranges, [&](const core::IpRange& range) { return range.contains(address); })) {
    return true;
  }
  if (address.is_v4()) return false;
  for (const Carrier& carrier : kCarriers) {
    if (range_of(carrier.range).contains(address)) return is_private(from_v4(address.bytes.data() + carrier.at));
  }
  return !range_of(kGlobal).contains(address);
}

std::optional<core::IpAddress> literal_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return core::parse_ip(host.substr(1, host.size() - 2));
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::string name = core::to_lower_ascii(host);
  if (name == "localhost" || name.ends_with(".localhost")) return core::parse_ip("127.0.0.1");
  in_addr parsed{};
  if (name.empty() || ::inet_aton(name.c_str(), &parsed) == 0) return std::nullopt;
  std::array<std::uint8_t, 4> bytes;
  std::memcpy(bytes.data(), &parsed, bytes.size());
  return from_v4(bytes.data());
}

core::IpAddress address_of(const sockaddr& address) {
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    core::IpAddress result;
    std::memcpy(result.bytes.data(), &v6.sin6_addr, result.bytes.size());
    return result;
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &address, sizeof v4);
  std::array<std::uint8_t, 4> bytes;
  std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
  return from_v4(bytes.data());
}

}  // namespace webhooks
