#include "core/ids.h"

#include <algorithm>
#include <cstring>

namespace core {
namespace {

constexpr std::size_t kTextLength = 36;
constexpr char kHexDigits[] = "0123456789abcdef";

// A hyphen stands before these bytes.
constexpr bool starts_group(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void Uuid::append_to(std::string& out) const {
  char text[kTextLength];
  char* at = text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (starts_group(i)) *at++ = '-';
    *at++ = kHexDigits[bytes[i] >> 4];
    *at++ = kHexDigits[bytes[i] & 0x0F];
  }
  out.append(text, sizeof text);
}

std::string Uuid::text() const {
  std::string out;
  append_to(out);
  return out;
}

Uuid make_uuid(Time now, Random& random) {
  Uuid id;
  const auto ms = static_cast<std::uint64_t>(std::max<Time>(random.id_time(now), 0));
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  random.fill(std::span(id.bytes).subspan(6));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x70);  // version 7
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);  // variant 10
  return id;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  Uuid id;
  const char* at = text.data();
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (starts_group(i) && *at++ != '-') return std::nullopt;
    const int high = hex_value(*at++);
    const int low = hex_value(*at++);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return id;
}

std::optional<Uuid> uuid_from_bytes(std::span<const std::uint8_t> bytes) {
  Uuid id;
  if (bytes.size() != id.bytes.size()) return std::nullopt;
  std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

}  // namespace core
