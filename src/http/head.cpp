#include "http/head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.h"

namespace http {
namespace {

enum : unsigned char { kToken = 1, kValue = 2, kTarget = 4, kHost = 8 };

// One table for all classes of bytes: a head is looked at byte by byte, and this is most of its cost.
constexpr std::array<unsigned char, 256> kClasses = [] {
  std::array<unsigned char, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const auto in = [c](std::string_view set) { return c < 128 && set.find(static_cast<char>(c)) != set.npos; };
    unsigned char value = 0;
    if (alnum || in("!#$%&'*+-.^_`|~")) value |= kToken;
    if (c == '\t' || (c >= ' ' && c != 127)) value |= kValue;
    if (c > ' ' && c != 127 && c != '#') value |= kTarget;
    if (alnum || in("-._~!$&'()*+,;=%")) value |= kHost;
    classes[static_cast<std::size_t>(c)] = value;
  }
  return classes;
}();

bool is(char c, unsigned char wanted) { return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0; }

bool all(std::string_view text, unsigned char wanted) {
  return std::all_of(text.begin(), text.end(), [wanted](char c) { return is(c, wanted); });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// uri-host [ ":" port ] (RFC 3986, section 3.2), and not empty: an http URI always has a host.
bool is_host(std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos || end == 1) return false;
    const auto address = text.substr(1, end - 1);
    if (address.find_first_not_of("0123456789abcdefABCDEF:.") != address.npos) return false;
    port = text.substr(end + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    if (colon == 0 || !all(text.substr(0, colon), kHost)) return false;
    port = text.substr(colon);
  }
  if (port.empty()) return true;
  port.remove_prefix(1);
  return port.size() <= 5 && std::all_of(port.begin(), port.end(), is_digit) &&
         text[text.size() - port.size() - 1] == ':';
}

// Calls visit(member) for each member of a comma-separated list.
template <class Visit>
void for_each_member(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    visit(trim_blanks(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

std::optional<Refusal> read_version(std::string_view text, int& minor) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' || !is_digit(text[7])) {
    return Refusal{400, "The request line must be METHOD TARGET HTTP/1.1, with one space between its parts."};
  }
  if (text[5] != '1') return Refusal{505, "This server speaks HTTP/1.1 and HTTP/1.0 only."};
  minor = text[7] - '0';
  return std::nullopt;
}

// Splits absolute-form into the authority, which takes the Host header's place, and the rest.
std::optional<Refusal> read_target(Request& request, std::string_view target, std::string_view& authority) {
  if (target.empty() || !all(target, kTarget)) {
    return Refusal{400, "The request target holds a space, a control character or '#'; percent-encode it."};
  }
  if (target.front() == '/' || (target == "*" && request.method == Method::options)) {
    set_target(request, target);
    return std::nullopt;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!core::equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    const auto rest = target.substr(scheme.size());
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    authority = rest.substr(0, end);
    if (!is_host(authority)) return Refusal{400, "The request target is not a valid http URL."};
    const auto origin = rest.substr(end);
    if (origin.starts_with('/')) {
      set_target(request, origin);
    } else {
      // No path: it is "/", which the head does not hold, so a constant stands in for it.
      request.target = request.path = "/";
      request.query = origin.empty() ? origin : origin.substr(1);
    }
    return std::nullopt;
  }
  return Refusal{400, "The request target must begin with '/'."};
}

std::optional<Refusal> read_request_line(Request& request, std::string_view line, const FramingLimits& limits,
                                         std::string_view& authority) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last || first == 0) {
    return Refusal{400, "The request line must be METHOD TARGET HTTP/1.1, with one space between its parts."};
  }
  request.method_name = line.substr(0, first);
  if (request.method_name.size() > kMaxMethod || !all(request.method_name, kToken)) {
    return Refusal{400, "The request's method is not a token of at most " + std::to_string(kMaxMethod) + " bytes."};
  }
  request.method = method_from(request.method_name);
  const auto target = line.substr(first + 1, last - first - 1);
  if (target.size() > limits.max_target) {
    return Refusal{414, "The request target is longer than " + std::to_string(limits.max_target) + " bytes."};
  }
  if (auto refusal = read_version(line.substr(last + 1), request.minor_version)) return refusal;
  return read_target(request, target, authority);
}

std::optional<Refusal> read_field(Request& request, std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    return Refusal{400, "A header goes on over a second line; send it in one."};
  }
  const auto colon = line.find(':');
  if (colon == line.npos || colon == 0 || !all(line.substr(0, colon), kToken)) {
    return Refusal{400, "A header line must be NAME: VALUE, without a space before the colon."};
  }
  const auto value = trim_blanks(line.substr(colon + 1));
  if (!all(value, kValue)) {
    return Refusal{400, "The header " + std::string(line.substr(0, colon)) + " holds a control character."};
  }
  request.headers.push_back({line.substr(0, colon), value});
  return std::nullopt;
}

std::optional<Refusal> read_length(std::string_view text, const FramingLimits& limits, std::size_t& length) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // from_chars takes a minus sign for no number here, and a plus sign never.
  if (text.empty() || !is_digit(text.front()) || error != std::errc() || end != text.data() + text.size()) {
    return Refusal{400, "Content-Length must be one decimal number."};
  }
  if (value > limits.max_body) {
    return Refusal{413, "The request body is larger than " + std::to_string(limits.max_body) + " bytes."};
  }
  length = static_cast<std::size_t>(value);
  return std::nullopt;
}

// The fields that say where the message ends and what becomes of the connection. Each is counted, since two of a kind
// are what two parsers read differently.
struct Fields {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  bool close = false;
  bool keep_alive = false;
  bool other_expectation = false;
  std::string_view length;
  std::string_view coding;
};

std::optional<Refusal> read_fields(Request& request, std::string_view authority, BodyPlan& plan, Fields& fields) {
  for (auto& [name, value] : request.headers) {
    // Clang 14, which the fuzzers are built with, does not let a lambda refer to a structured binding.
    const auto named = [&own = name](std::string_view other) {
      return own.size() == other.size() && core::equal_ignoring_case(own, other);
    };
    switch (name.size()) {
      case 4:
        if (!named("host")) break;
        ++fields.hosts;
        if (!is_host(value)) return Refusal{400, "The Host header is not a host name with an optional port."};
        if (!authority.empty()) value = authority;  // RFC 9112, section 3.2.2
        break;
      case 6:
        if (!named("expect")) break;
        (core::equal_ignoring_case(value, "100-continue") ? plan.expects : fields.other_expectation) = true;
        break;
      case 10:
        if (!named("connection")) break;
        for_each_member(value, [&](std::string_view option) {
          if (core::equal_ignoring_case(option, "close")) fields.close = true;
          if (core::equal_ignoring_case(option, "keep-alive")) fields.keep_alive = true;
        });
        break;
      case 14:
        if (!named("content-length")) break;
        ++fields.lengths;
        fields.length = value;
        break;
      case 17:
        if (!named("transfer-encoding")) break;
        ++fields.codings;
        fields.coding = value;
        break;
      default:
        break;
    }
  }
  return std::nullopt;
}

std::optional<Refusal> plan_body(const Request& request, const FramingLimits& limits, const Fields& fields,
                                 BodyPlan& plan) {
  if (fields.codings > 0) {
    if (fields.lengths > 0) return Refusal{400, "Content-Length and Transfer-Encoding exclude each other."};
    if (request.minor_version == 0) return Refusal{400, "HTTP/1.0 has no Transfer-Encoding."};
    if (fields.codings > 1) return Refusal{400, "Transfer-Encoding is given more than once."};
    std::size_t members = 0;
    std::size_t chunked = 0;
    for_each_member(fields.coding, [&](std::string_view member) {
      ++members;
      if (core::equal_ignoring_case(member, "chunked")) ++chunked;
    });
    if (chunked > 1) return Refusal{400, "Transfer-Encoding names chunked more than once."};
    if (members != 1 || chunked != 1) return Refusal{501, "The only Transfer-Encoding this server reads is chunked."};
    plan.chunked = true;
    return std::nullopt;
  }
  if (fields.lengths > 1) return Refusal{400, "Content-Length is given more than once."};
  if (fields.lengths == 1) return read_length(fields.length, limits, plan.length);
  return std::nullopt;
}

}  // namespace

bool is_token_character(char c) { return is(c, kToken); }
bool is_value_character(char c) { return is(c, kValue); }

void set_target(Request& request, std::string_view target) {
  const auto mark = std::min(target.find('?'), target.size());
  request.target = target;
  request.path = target.substr(0, mark);
  request.query = target.substr(std::min(mark + 1, target.size()));
}

std::optional<Refusal> read_head(Request& request, const FramingLimits& limits, BodyPlan& plan) {
  std::string_view rest = *request.head;
  const auto next_line = [&rest] {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end - 1);
    rest.remove_prefix(end + 1);
    return line;
  };
  std::string_view authority;
  if (auto refusal = read_request_line(request, next_line(), limits, authority)) return refusal;
  for (auto line = next_line(); !line.empty(); line = next_line()) {
    if (request.headers.size() == limits.max_headers) {
      return Refusal{431, "The request has more than " + std::to_string(limits.max_headers) + " headers."};
    }
    if (auto refusal = read_field(request, line)) return refusal;
  }

  Fields fields;
  if (auto refusal = read_fields(request, authority, plan, fields)) return refusal;
  if (fields.hosts > 1) return Refusal{400, "The Host header is given more than once."};
  if (fields.hosts == 0 && request.minor_version > 0) return Refusal{400, "The Host header is missing."};
  if (auto refusal = plan_body(request, limits, fields, plan)) return refusal;
  if (fields.other_expectation) return Refusal{417, "The only expectation this server meets is 100-continue."};
  if (request.minor_version == 0) plan.expects = false;  // RFC 9110, section 10.1.1
  plan.keep_alive = !fields.close && (request.minor_version > 0 || fields.keep_alive);
  return std::nullopt;
}

}  // namespace http
