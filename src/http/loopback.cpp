#include "http/loopback.h"

#include <algorithm>

#include "core/text.h"

namespace http {

namespace {

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

bool is_loopback_host(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1) == "[::1]";
  const auto name = core::to_lower_ascii(host.substr(0, host.find(':')));
  return name == "localhost" ||
         (name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string::npos);
}

// Whether the page that sends this, if one does, is this server's own.
bool is_same_origin(const Request& request, std::string_view host) {
  const auto origin = request.header("origin");
  if (!origin) return true;
  const auto scheme = origin->find("://");
  return scheme != std::string_view::npos && core::equal_ignoring_case(origin->substr(scheme + 3), host);
}

// Whether a proxy says that it sends this for somebody else. One on this machine may well name us by our address.
bool is_forwarded(const Request& request) {
  constexpr std::string_view kSigns[] = {"forwarded",         "x-forwarded-for", "x-forwarded-host",
                                         "x-forwarded-proto", "x-real-ip",       "via"};
  return std::ranges::any_of(kSigns, [&](std::string_view name) { return request.header(name).has_value(); });
}

}  // namespace

bool is_local(const Request& request) {
  const auto host = request.header("host").value_or("");
  return is_loopback(request.client_address) && is_loopback_host(host) && is_same_origin(request, host) &&
         !is_forwarded(request);
}

}  // namespace http
