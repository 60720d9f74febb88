// Text as people write it: UTF-8, counted in code points, compared without case.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace core {

// What stands at the beginning of a non-empty text: a whole UTF-8 sequence, or the bytes that one replacement character
// should stand for (the Unicode standard's "maximal subpart").
struct Utf8Sequence {
  bool valid = false;
  std::size_t length = 1;
  char32_t code_point = 0;  // of a valid one
};
[[nodiscard]] Utf8Sequence utf8_sequence(std::string_view text);
void append_utf8(std::string& out, char32_t code_point);

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);
// Code points of valid UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text);
// The first `count` code points of valid UTF-8.
[[nodiscard]] std::string_view first_code_points(std::string_view text, std::size_t count);
// `text`, cut to `count` code points with "…" as the last of them where something was cut.
[[nodiscard]] std::string preview(std::string_view text, std::size_t count);

// Without Unicode white space (White_Space property) at both ends. Valid UTF-8 in, valid UTF-8 out.
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] bool is_blank(std::string_view text);

// True if there is a control character (U+0000–U+001F, U+007F–U+009F), a line or paragraph separator or a noncharacter;
// newline and tab are allowed where `multiline`.
[[nodiscard]] bool has_control(std::string_view text, bool multiline);

// "a, b or c".
[[nodiscard]] std::string any_of(std::span<const std::string_view> words);

// ASCII letters only.
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

// The key under which texts that differ only in case are the same (skills, tags): simple case folding of Latin, Greek,
// Cyrillic and Armenian letters, every other code point as it is.
[[nodiscard]] std::string fold_case(std::string_view text);
[[nodiscard]] char32_t fold_case(char32_t code_point);

// RFC 3986 percent-decoding; std::nullopt for a malformed escape. '+' stays '+' unless `plus_is_space`.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
// Everything but unreserved characters becomes %XX (for a path segment or a query value).
[[nodiscard]] std::string percent_encode(std::string_view text);

// An absolute http or https URL with a host, no user information, no white space or control characters.
[[nodiscard]] bool is_http_url(std::string_view text);

}  // namespace core
