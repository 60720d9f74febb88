#include "core/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace core {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80; }

// Unicode's White_Space property (PropList.txt).
bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_noncharacter(char32_t c) { return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE; }

bool is_alpha_ascii(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit_ascii(char c) { return c >= '0' && c <= '9'; }
char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// RFC 3986, section 2.3.
bool is_unreserved(char c) {
  return is_alpha_ascii(c) || is_digit_ascii(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

int hex_value(char c) {
  if (is_digit_ascii(c)) return c - '0';
  c = lower_ascii(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The length of the last sequence of valid UTF-8.
std::size_t last_sequence(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && is_continuation(text[text.size() - length])) ++length;
  return length;
}

bool is_port(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (!is_digit_ascii(c)) return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 65535) return false;
  }
  return true;  // RFC 3986 allows an empty port
}

// A registered name or IPv4 address; other scripts are left to the resolver.
bool is_host_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return is_unreserved(c) || static_cast<std::uint8_t>(c) >= 0x80; });
}

bool is_bracketed_address(std::string_view text) {
  if (text.size() < 4 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  return text.find(':') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
}

}  // namespace

Utf8Sequence utf8_sequence(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return {true, 1, first};
  if (first < 0xC2 || first > 0xF4) return {};

  // RFC 3629, section 4: only the second byte's range depends on the first.
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  const std::uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (text.size() < 2 || byte_at(text, 1) < low || byte_at(text, 1) > high) return {};
  char32_t code_point = first & (0x7FU >> length);
  code_point = code_point << 6 | (byte_at(text, 1) & 0x3FU);
  for (std::size_t i = 2; i < length; ++i) {
    if (i >= text.size() || !is_continuation(text[i])) return {false, i, 0};
    code_point = code_point << 6 | (byte_at(text, i) & 0x3FU);
  }
  return {true, length, code_point};
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    const char bytes[] = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    out.append(bytes, sizeof bytes);
  } else if (c < 0x10000) {
    const char bytes[] = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
                          static_cast<char>(0x80 | (c & 0x3F))};
    out.append(bytes, sizeof bytes);
  } else {
    const char bytes[] = {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
                          static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
    out.append(bytes, sizeof bytes);
  }
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    // Most text is ASCII: eight bytes at a time.
    std::uint64_t word = 0;
    if (text.size() >= sizeof word) {
      std::memcpy(&word, text.data(), sizeof word);
      if ((word & 0x8080808080808080ULL) == 0) {
        text.remove_prefix(sizeof word);
        continue;
      }
    }
    const Utf8Sequence sequence = utf8_sequence(text);
    if (!sequence.valid) return false;
    text.remove_prefix(sequence.length);
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string_view first_code_points(std::string_view text, std::size_t count) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_continuation(text[at]) && count-- == 0) return text.substr(0, at);
  }
  return text;
}

std::string preview(std::string_view text, std::size_t count) {
  if (first_code_points(text, count).size() == text.size()) return std::string(text);
  if (count == 0) return {};
  std::string out(first_code_points(text, count - 1));
  out.append("…");
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty()) {
    const Utf8Sequence first = utf8_sequence(text);
    if (!first.valid || !is_white_space(first.code_point)) break;
    text.remove_prefix(first.length);
  }
  while (!text.empty()) {
    const std::size_t length = last_sequence(text);
    const Utf8Sequence last = utf8_sequence(text.substr(text.size() - length));
    if (!last.valid || last.length != length || !is_white_space(last.code_point)) break;
    text.remove_suffix(length);
  }
  return text;
}

bool is_blank(std::string_view text) { return trim(text).empty(); }

bool has_control(std::string_view text, bool multiline) {
  while (!text.empty()) {
    const Utf8Sequence sequence = utf8_sequence(text);
    const char32_t c = sequence.code_point;
    text.remove_prefix(sequence.length);
    if (!sequence.valid) continue;
    if (multiline && (c == '\n' || c == '\t')) continue;
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || is_noncharacter(c)) return true;
  }
  return false;
}

std::string any_of(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out.append(i + 1 == words.size() ? " or " : ", ");
    out.append(words[i]);
  }
  return out;
}

std::string to_lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower_ascii);
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower_ascii(x) == lower_ascii(y); });
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      if (text.size() - at < 3) return std::nullopt;
      const int high = hex_value(text[at + 1]);
      const int low = hex_value(text[at + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high << 4 | low));
      at += 2;
    } else {
      out.push_back(plus_is_space && text[at] == '+' ? ' ' : text[at]);
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr char kHexDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      const char escape[] = {'%', kHexDigits[byte >> 4], kHexDigits[byte & 0x0F]};
      out.append(escape, sizeof escape);
    }
  }
  return out;
}

bool is_http_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, scheme_end);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return false;

  if (!is_utf8(text) || has_control(text, false)) return false;
  for (std::string_view rest = text; !rest.empty();) {
    const Utf8Sequence sequence = utf8_sequence(rest);
    // Browsers read a backslash as a slash, other clients don't: nobody may be led to two different hosts.
    if (is_white_space(sequence.code_point) || sequence.code_point == '\\') return false;
    rest.remove_prefix(sequence.length);
  }

  std::string_view authority = text.substr(scheme_end + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  std::string_view host = authority;
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    if (!is_port(authority.substr(colon + 1))) return false;
    host = authority.substr(0, colon);
  }
  return is_bracketed_address(host) || is_host_name(host);
}

}  // namespace core
