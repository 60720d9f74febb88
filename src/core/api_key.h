// The form of an API key: `clnk_`, 30 characters of base62, and 6 of check sum (base62 of the CRC-32 of those 30 in
// ASCII, most significant first, padded with zeros: the form of GitHub's tokens). A mistyped key is refused without a
// look-up, and secret scanners can recognise one.
#pragma once

#include <string>
#include <string_view>

#include "core/random.h"

namespace core {

inline constexpr std::string_view kApiKeyPrefix = "clnk_";
inline constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// True if `text` could be a key; whether it is one, only the database knows.
[[nodiscard]] bool is_well_formed_key(std::string_view text);

[[nodiscard]] std::string make_key(Random& random);

}  // namespace core
