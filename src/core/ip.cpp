#include "core/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace core {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr int kMappedBits = 96;
constexpr int kAllBits = 128;

// The bits of byte `index` that a prefix of `prefix` bits covers.
std::uint8_t mask_of(std::size_t index, int prefix) {
  const int bits = std::clamp(prefix - static_cast<int>(index) * 8, 0, 8);
  return static_cast<std::uint8_t>(0xFF00 >> bits & 0xFF);
}

}  // namespace

bool IpAddress::is_v4() const { return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin()); }

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  IpAddress address;
  const bool v6 = text.find(':') != std::string_view::npos;
  const auto to = address.bytes.data() + (v6 ? 0 : kMappedPrefix.size());
  if (::inet_pton(v6 ? AF_INET6 : AF_INET, terminated.c_str(), to) != 1) return std::nullopt;
  if (!v6) std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  return address;
}

bool IpRange::contains(const IpAddress& address) const {
  for (std::size_t i = 0; i < address.bytes.size(); ++i) {
    if (((address.bytes[i] ^ first.bytes[i]) & mask_of(i, prefix)) != 0) return false;
  }
  return true;
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address_text = text.substr(0, slash);
  const auto address = parse_ip(address_text);
  if (!address) return std::nullopt;
  IpRange range{*address, kAllBits};
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    int bits = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    // An IPv4 prefix counts from the beginning of the 32 bits, unless the address was written as IPv6.
    const bool dotted = address_text.find(':') == std::string_view::npos;
    if (error != std::errc() || end != digits.data() + digits.size() || bits < 0) return std::nullopt;
    if (bits > (dotted ? kAllBits - kMappedBits : kAllBits)) return std::nullopt;
    range.prefix = dotted ? kMappedBits + bits : bits;
  }
  for (std::size_t i = 0; i < range.first.bytes.size(); ++i) {
    range.first.bytes[i] = static_cast<std::uint8_t>(range.first.bytes[i] & mask_of(i, range.prefix));
  }
  return range;
}

}  // namespace core
