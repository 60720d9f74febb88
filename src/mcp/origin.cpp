#include "mcp/origin.h"

#include "core/ip.h"
#include "core/text.h"

namespace mcp {

namespace {

// "http://localhost:8080" of "http://localhost:8080/base", in lower case.
std::string origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return core::to_lower_ascii(url.substr(0, url.find('/', scheme + 3)));
}

std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

std::string_view without_brackets(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

bool is_loopback(std::string_view host) {
  static const auto kIpv4 = core::parse_ip_range("127.0.0.0/8");
  static const auto kIpv6 = core::parse_ip_range("::1/128");
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  const auto address = core::parse_ip(host);
  return address && (kIpv4->contains(*address) || kIpv6->contains(*address));
}

}  // namespace

bool is_from_here(const http::Request& request, const http::Instance& instance) {
  const auto header = request.header("origin");
  if (!header) return true;
  const auto origin = origin_of(*header);
  if (origin.empty() || origin.size() != header->size()) return false;
  if (!instance.public_url.empty() && origin == origin_of(instance.public_url)) return true;
  const auto authority = std::string_view(origin).substr(origin.find("://") + 3);
  const auto host = without_brackets(without_port(authority));
  if (is_loopback(host)) return true;
  return core::parse_ip(host) && authority == core::to_lower_ascii(request.header("host").value_or(""));
}

}  // namespace mcp
