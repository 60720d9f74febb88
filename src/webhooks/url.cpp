#include "webhooks/url.h"

#include <charconv>

#include "core/text.h"
#include "webhooks/address.h"

namespace webhooks {
namespace {

// A request's target is ASCII: whatever else a URL holds is sent percent-encoded, as browsers do.
std::string encode_target(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c > ' ' && c < '\x7F' && c != '"' && c != '<' && c != '>' && c != '`') {
      out.push_back(c);
    } else {
      out += core::percent_encode(std::string_view(&c, 1));
    }
  }
  return out;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (!core::is_http_url(text)) return std::nullopt;
  text = text.substr(0, text.find('#'));
  Url url;
  const std::size_t scheme_end = text.find("://");
  url.secure = core::equal_ignoring_case(text.substr(0, scheme_end), "https");
  const int own_port = url.secure ? 443 : 80;
  url.port = own_port;

  std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  rest.remove_prefix(authority_end);
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos;
  url.host = authority.substr(0, has_port ? colon : authority.size());
  if (has_port && colon + 1 < authority.size()) {
    std::from_chars(authority.data() + colon + 1, authority.data() + authority.size(), url.port);
  }
  url.authority = url.host;
  if (url.port != own_port) url.authority += ":" + std::to_string(url.port);
  url.target = (rest.starts_with('/') ? "" : "/") + encode_target(rest);
  return url;
}

std::optional<std::string> url_fault(std::string_view text, bool block_private) {
  if (core::count_code_points(text) > kMaxUrl) {
    return "url must have at most " + std::to_string(kMaxUrl) + " characters.";
  }
  const std::size_t scheme_end = text.find("://");
  const std::string_view after = scheme_end == text.npos ? std::string_view() : text.substr(scheme_end + 3);
  if (after.substr(0, after.find_first_of("/?#")).find('@') != after.npos) {
    return "url must not hold a user name or password: check the signature of deliveries instead.";
  }
  const auto url = parse_url(text);
  if (!url || url->port == 0 || (url->host.starts_with('[') && !literal_address(url->host))) {
    return "url must be an absolute http or https URL, for example https://example.com/hooks/clankdin.";
  }
  if (text.find('#') != text.npos) return "url must not have a fragment (#…): it is never sent.";
  if (block_private) {
    const auto address = literal_address(url->host);
    if (address && is_private(*address)) {
      return "url must not name localhost or a private address: this server was started with --webhook-block-private.";
    }
  }
  return std::nullopt;
}

}  // namespace webhooks
