#include "http/negotiation.h"

#include <charconv>
#include <string>

#include "core/text.h"

namespace http {

namespace {

// Calls `visit(part)` for each part between separators, trimmed; separators inside quoted strings don't count.
template <class Visit>
void for_each_part(std::string_view text, char separator, const Visit& visit) {
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '"') quoted = !quoted;
    if (i < text.size() && (quoted || text[i] != separator)) continue;
    visit(core::trim(text.substr(begin, i - begin)));
    begin = i + 1;
  }
}

double quality_of(std::string_view parameters) {
  double quality = 1;
  for_each_part(parameters, ';', [&](std::string_view parameter) {
    if (parameter.size() < 3 || (parameter[0] | 0x20) != 'q' || parameter[1] != '=') return;
    const auto number = parameter.substr(2);
    double value = 0;
    if (std::from_chars(number.data(), number.data() + number.size(), value).ec == std::errc() && value >= 0 &&
        value <= 1) {
      quality = value;
    }
  });
  return quality;
}

}  // namespace

Form preferred_form(std::string_view accept) {
  if (accept.empty() || accept == "*/*") return Form::json;
  double html = -1, markdown = -1, json = -1, any = 0;
  for_each_part(accept, ',', [&](std::string_view range) {
    const auto semicolon = range.find(';');
    const auto type = core::to_lower_ascii(core::trim(range.substr(0, semicolon)));
    const double quality = semicolon == std::string_view::npos ? 1 : quality_of(range.substr(semicolon + 1));
    if (type == "text/html" || type == "application/xhtml+xml") {
      if (quality > html) html = quality;
    } else if (type == "text/markdown") {
      markdown = quality;
    } else if (type == "application/json" || type == "application/problem+json") {
      json = quality;
    } else if (type == "*/*" || type == "application/*") {
      any = quality;
    }
  });
  if (json < 0) json = any;
  if (markdown > 0 && markdown > json && markdown > html) return Form::markdown;
  if (html > 0 && html > json) return Form::html;
  return Form::json;
}

bool is_acceptable_content_type(std::string_view content_type) {
  bool acceptable = true;
  bool first = true;
  for_each_part(content_type, ';', [&](std::string_view part) {
    const auto lower = core::to_lower_ascii(part);
    if (first) {
      acceptable = lower != "multipart/form-data";
      first = false;
    } else if (lower.starts_with("charset=")) {
      auto charset = std::string_view(lower).substr(8);
      if (charset.size() >= 2 && charset.front() == '"' && charset.back() == '"')
        charset = charset.substr(1, charset.size() - 2);
      if (charset != "utf-8" && charset != "utf8") acceptable = false;
    }
  });
  return acceptable;
}

}  // namespace http
