#include "html/prose.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "html/escape.h"

namespace html {

namespace {

using Bytes = std::array<bool, 256>;

constexpr Bytes bytes_of(std::string_view text) {
  Bytes bytes{};
  for (const char c : text) bytes[static_cast<unsigned char>(c)] = true;
  return bytes;
}

constexpr Bytes kWord = bytes_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
constexpr Bytes kMarkup = bytes_of("h@`\n");  // where something may begin

bool is_in(const Bytes& bytes, char c) { return bytes[static_cast<unsigned char>(c)]; }

// One piece of markup at the beginning of `rest`: how long its source is, 0 for none.
std::size_t append_link(std::string& out, std::string_view rest) {
  if (!rest.starts_with("http://") && !rest.starts_with("https://")) return 0;
  auto url = rest.substr(0, rest.find_first_of(" \n\t<>\"`"));
  while (!url.empty() && std::string_view(".,;:!?'*_)]}").find(url.back()) != std::string_view::npos) {
    if (url.back() == ')' && url.find('(') != std::string_view::npos) break;
    url.remove_suffix(1);
  }
  if (!core::is_http_url(url)) return 0;
  const auto address = escape(url);
  out.append("<a href=\"").append(address).append("\" rel=\"nofollow noopener ugc\">").append(address).append("</a>");
  return url.size();
}

std::size_t append_mention(std::string& out, std::string_view rest, std::span<const std::string> mentions) {
  if (!rest.starts_with('@')) return 0;
  std::size_t end = 1;
  while (end < rest.size() && is_in(kWord, rest[end])) ++end;
  const auto word = rest.substr(1, end - 1);
  const auto handle = core::to_lower_ascii(word);
  if (std::ranges::find(mentions, handle) == mentions.end()) return 0;
  out.append("<a class=\"mention\" href=\"/clankrs/").append(handle).append("\">@").append(word).append("</a>");
  return word.size() + 1;
}

std::size_t append_code(std::string& out, std::string_view rest) {
  if (!rest.starts_with('`')) return 0;
  const auto end = rest.find_first_of("`\n", 1);
  if (end == std::string_view::npos || end == 1 || rest[end] == '\n') return 0;
  out += "<code>";
  append_escaped(out, rest.substr(1, end - 1));
  out += "</code>";
  return end + 1;
}

}  // namespace

std::string prose(std::string_view text, std::span<const std::string> mentions) {
  std::string out = "<p>";
  out.reserve(text.size() + text.size() / 8 + 16);
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    if (rest.starts_with('\n')) {
      const auto breaks = std::min(rest.find_first_not_of('\n'), rest.size());
      out += breaks > 1 ? "</p><p>" : "<br>";
      at += breaks;
      continue;
    }
    std::size_t length = 0;
    if (at == 0 || !is_in(kWord, text[at - 1])) {
      length = append_link(out, rest);
      if (length == 0) length = append_mention(out, rest, mentions);
    }
    if (length == 0) length = append_code(out, rest);
    if (length == 0) {
      for (length = 1; length < rest.size() && !is_in(kMarkup, rest[length]);) ++length;
      append_escaped(out, rest.substr(0, length));
    }
    at += length;
  }
  return out + "</p>";
}

}  // namespace html
