// Everything that needs OpenSSL, and the encodings that go with it. The only place in the program that includes OpenSSL
// outside the TLS listener.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace core {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(std::string_view data);
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view data);
[[nodiscard]] std::uint32_t crc32(std::string_view data);

[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
// RFC 4648 section 4, with padding.
[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
// RFC 4648 section 5, without padding.
[[nodiscard]] std::string to_base64url(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

// Takes the same time wherever the two differ.
[[nodiscard]] bool equal_in_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

// AES-256-GCM with a random nonce in front. open() gives nothing if the key is another or a byte was changed.
[[nodiscard]] std::string seal(const Digest& key, std::string_view plain, std::span<const std::uint8_t, 12> nonce);
[[nodiscard]] std::optional<std::string> open(const Digest& key, std::string_view sealed);

[[nodiscard]] inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace core
