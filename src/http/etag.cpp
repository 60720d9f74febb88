#include "http/etag.h"

#include <array>
#include <charconv>

#include "core/text.h"

namespace http {

std::string etag_of(std::string_view body) {
  std::array<char, 40> text{};  // two numbers of at most 16 digits, and three characters
  char* const last = text.data() + text.size() - 1;
  char* end = text.data();
  *end++ = '"';
  end = std::to_chars(end, last, std::hash<std::string_view>{}(body), 16).ptr;
  *end++ = '-';
  end = std::to_chars(end, last, body.size(), 16).ptr;
  *end++ = '"';
  return {text.data(), end};
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) {
  std::string_view rest = core::trim(if_none_match);
  if (rest == "*") return true;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    auto candidate = core::trim(rest.substr(0, comma));
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);
    if (candidate == etag) return true;
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace http
