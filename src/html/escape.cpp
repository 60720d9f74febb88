#include "html/escape.h"

#include <array>

namespace html {

namespace {

std::string_view reference_of(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

constexpr std::array<bool, 256> kEscaped = [] {
  std::array<bool, 256> escaped{};
  for (const char c : std::string_view("&<>\"'")) escaped[static_cast<unsigned char>(c)] = true;
  return escaped;
}();

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  // Runs between what is escaped are copied whole.
  const char* run = text.data();
  const char* const end = run + text.size();
  for (const char* at = run; at != end; ++at) {
    if (!kEscaped[static_cast<unsigned char>(*at)]) continue;
    out.append(run, at).append(reference_of(*at));
    run = at + 1;
  }
  out.append(run, end);
}

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  append_escaped(out, text);
  return out;
}

std::string escape_markdown(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  bool line_start = true;
  for (const char c : text) {
    const bool markup = std::string_view("\\`*_[]<>|&").find(c) != std::string_view::npos;
    const bool block = line_start && std::string_view("#+-=~").find(c) != std::string_view::npos;
    if (markup || block) out += '\\';
    out += c;
    line_start = c == '\n' || (line_start && c == ' ');
  }
  return out;
}

std::string quote_markdown(std::string_view text) {
  std::string out = "> ";
  for (const char c : escape_markdown(text)) {
    out += c;
    if (c == '\n') out += "> ";
  }
  return out;
}

}  // namespace html
