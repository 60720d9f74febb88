#include "core/json_strings.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"

namespace core {
namespace {

// Four digits of a \u escape; 0xFFFD for what is none.
char32_t hex_unit(std::string_view digits) {
  unsigned unit = 0;
  const auto end = digits.data() + digits.size();
  return std::from_chars(digits.data(), end, unit, 16).ptr == end && digits.size() == 4 ? unit : 0xFFFD;
}

}  // namespace

std::size_t read_json_string(std::string_view json, std::size_t at, std::string& out) {
  std::size_t quote = 0;  // the next one, should it not be escaped
  for (;; ++at) {
    if (at >= json.size()) return at;
    if (quote < at || quote == 0) quote = std::min(json.find('"', at), json.size());
    const auto run = json.substr(at, quote - at);
    const auto plain = std::min(run.find('\\'), run.size());
    out += run.substr(0, plain);
    at += plain;
    if (plain == run.size() || ++at == json.size()) return at;
    switch (json[at]) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'u': {
        char32_t c = hex_unit(json.substr(at + 1, 4));
        at += 4;
        if (c >= 0xD800 && c < 0xDC00 && json.substr(at + 1, 2) == "\\u") {
          c = 0x10000 + ((c - 0xD800) << 10) + (hex_unit(json.substr(at + 3, 4)) - 0xDC00);
          at += 6;
        }
        append_utf8(out, c < 0x110000 && (c < 0xD800 || c > 0xDFFF) ? c : 0xFFFD);
        break;
      }
      default: out += json[at];
    }
  }
}

std::string json_strings(std::string_view json, std::string_view separator) {
  std::string out;
  bool first = true;
  for (std::size_t at = json.find('"'); at < json.size(); at = json.find('"', at + 1)) {
    const std::size_t before = out.size();
    if (!first) out += separator;
    at = read_json_string(json, at + 1, out);
    const std::size_t next = json.find_first_not_of(" \t\r\n", at + 1);
    if (next != json.npos && json[next] == ':') {
      out.resize(before);
    } else {
      first = false;
    }
  }
  return out;
}

}  // namespace core
