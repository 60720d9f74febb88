// The style, the script and the icon. A page asks for them under a mark of their content, under which they never
// change.

#include <algorithm>

#include "core/crypto.h"
#include "html/layout.h"

namespace html {

using namespace http;

namespace {

constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kJavascript = "text/javascript; charset=utf-8";
constexpr std::string_view kSvg = "image/svg+xml";

// Without the white space that lines begin with, and without lines of comment: a page comes over the wire whole.
std::string compact(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  while (!source.empty()) {
    const auto end = source.find('\n');
    auto line = source.substr(0, end);
    source.remove_prefix(end == std::string_view::npos ? source.size() : end + 1);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty() || line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"))) continue;
    out.append(line).append("\n");
  }
  return out;
}

// And of a style sheet, without the spaces around braces and after colons and semicolons. Ours has none in selectors
// and strings where one would be missed.
std::string compact_style(std::string_view source) {
  std::string out;
  for (const char c : compact(source)) {
    const char before = out.empty() ? '\n' : out.back();
    if (c == ' ' && std::string_view("{};:\n").find(before) != std::string_view::npos) continue;
    if (before == ' ' && (c == '{' || c == '}')) out.pop_back();
    out += c;
  }
  return out;
}

std::string_view style() {
  static const std::string kStyle = compact_style(style_source());
  return kStyle;
}

std::string_view script() {
  static const std::string kScript = compact(script_source());
  return kScript;
}

std::string mark_of(std::string_view source) {
  const auto digest = core::sha256(source);
  return core::to_base64url(std::span(digest).first(9));
}

std::string marked(std::string_view path, std::string_view source) {
  return std::string(path) + "?v=" + mark_of(source);
}

Reply asset(const Call& call, std::string_view type, std::string_view source) {
  static const std::string kStyleMark = mark_of(style());
  static const std::string kScriptMark = mark_of(script());
  Reply reply{.content_type = type, .body = std::string(source)};
  const auto asked = call.request.argument("v");
  if (asked && (*asked == kStyleMark || *asked == kScriptMark)) {
    reply.header("Cache-Control", "public, max-age=31536000, immutable");
  }
  return reply;
}

Reply show_style(Call& call) { return asset(call, kCss, style()); }
Reply show_script(Call& call) { return asset(call, kJavascript, script()); }
Reply show_icon(Call& call) { return asset(call, kSvg, icon_source()); }

}  // namespace

const std::string& style_href() {
  static const std::string kHref = marked("/style.css", style());
  return kHref;
}

const std::string& script_href() {
  static const std::string kHref = marked("/script.js", script());
  return kHref;
}

// clang-format off: a table
Routes asset_routes() {
  return {
      {GET,
       "/style.css",
       Access::anyone,
       Limit::free,
       Kind::plain,
       show_style,
       {"The style of the pages", "", ""},
       Form::any},
      {GET,
       "/script.js",
       Access::anyone,
       Limit::free,
       Kind::plain,
       show_script,
       {"The script of the pages", "", ""},
       Form::any},
      {GET,
       "/favicon.svg",
       Access::anyone,
       Limit::free,
       Kind::plain,
       show_icon,
       {"The icon of the pages", "", ""},
       Form::any},
  };
}
// clang-format on

}  // namespace html
