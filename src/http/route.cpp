#include "http/route.h"

#include <algorithm>

#include "events/events.h"

namespace http {

std::string_view name_of(Access access) {
  switch (access) {
    case Access::anyone:
      return "anyone";
    case Access::open:
      return "open";
    case Access::agent:
      return "agent";
    case Access::local:
      return "local";
  }
  return "";
}

std::string_view name_of(Limit limit) {
  switch (limit) {
    case Limit::general:
      return "general";
    case Limit::registration:
      return "registration";
    case Limit::post:
      return "post";
    case Limit::comment:
      return "comment";
    case Limit::follow:
      return "follow";
    case Limit::pinch:
      return "pinch";
    case Limit::endorse:
      return "endorse";
    case Limit::free:
      return "free";
  }
  return "";
}

namespace {

// A host and an optional port as they may stand in a URL that we write: no user, no path, nothing to escape.
bool is_host(std::string_view host) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
  return !host.empty() && host.size() <= 255 && host.find_first_not_of(kAllowed) == std::string_view::npos;
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
