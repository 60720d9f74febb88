#include "html/escape.h"

namespace html {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
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
