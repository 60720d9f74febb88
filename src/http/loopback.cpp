#include "http/loopback.h"

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

}  // namespace

bool is_local(const Request& request) {
  return is_loopback(request.client_address) && is_loopback_host(request.header("host").value_or(""));
}

}  // namespace http
