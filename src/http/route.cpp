#include "http/route.h"

#include <algorithm>
#include <charconv>

#include "core/ip.h"
#include "events/events.h"

namespace http {

std::string_view name_of(Access access) {
  switch (access) {
    case Access::anyone: return "anyone";
    case Access::open: return "open";
    case Access::agent: return "agent";
    case Access::local: return "local";
  }
  return "";
}

std::string_view name_of(Limit limit) {
  switch (limit) {
    case Limit::general: return "general";
    case Limit::registration: return "registration";
    case Limit::post: return "post";
    case Limit::comment: return "comment";
    case Limit::follow: return "follow";
    case Limit::pinch: return "pinch";
    case Limit::endorse: return "endorse";
    case Limit::free: return "free";
  }
  return "";
}

namespace {

bool is_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port <= 65535;
}

// A host and an optional port as they may stand in a URL that we write (RFC 3986, section 3.2): a name, an IPv4 address
// or an IPv6 address in brackets; no user, nothing to escape.
bool is_host(std::string_view host) {
  if (host.size() > 255) return false;
  std::string_view name = host.substr(0, host.find(':'));
  if (host.starts_with('[')) {
    name = host.substr(0, host.find(']') + 1);
    if (name.size() < 4 || !core::parse_ip(name.substr(1, name.size() - 2))) return false;
  } else {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    if (name.empty() || name.find_first_not_of(kAllowed) != std::string_view::npos) return false;
  }
  const auto rest = host.substr(name.size());
  return rest.empty() || (rest.starts_with(':') && is_port(rest.substr(1)));
}

}  // namespace

std::string base_url(const Request& request, const Instance& instance) {
  if (!instance.public_url.empty()) return instance.public_url;
  const auto host = request.header("host");
  std::string url = request.secure ? "https://" : "http://";
  return url.append(host && is_host(*host) ? *host : std::string_view("localhost"));
}

std::string Call::base_url() const { return http::base_url(request, instance); }

void Call::publish(const events::Event& event) const {
  if (instance.bus != nullptr) instance.bus->publish(*database, event);
}

void Call::retract(const events::Event& event) const {
  if (instance.bus != nullptr) instance.bus->retract(*database, event);
}

}  // namespace http
