// Identifiers on the wire: UUID version 7 (RFC 9562, section 5.7) in lower-case text, 16 bytes in the database.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/random.h"

namespace core {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] std::string text() const;
  void append_to(std::string& out) const;
  [[nodiscard]] std::span<const std::uint8_t> span() const { return bytes; }
  friend bool operator==(const Uuid&, const Uuid&) = default;
};

// The time fills the first 48 bits: `now`, or what `random` says instead (Random::id_time); `random` fills the rest.
[[nodiscard]] Uuid make_uuid(Time now, Random& random);

// Accepts the 36-character form in either case, any version; nothing else.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);
// From a database column; std::nullopt unless it has 16 bytes.
[[nodiscard]] std::optional<Uuid> uuid_from_bytes(std::span<const std::uint8_t> bytes);

}  // namespace core
