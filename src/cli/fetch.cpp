#include "cli/fetch.h"

#include <httplib.h>

namespace cli {
namespace {

std::string explain(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
      return "nobody listens there";
    case httplib::Error::SSLConnection:
      return "no TLS there";
    case httplib::Error::Read:
      return "no answer";
    default:
      return httplib::to_string(error);
  }
}

}  // namespace

Fetched fetch(const std::string& url, std::chrono::milliseconds timeout) {
  const std::size_t path = url.find('/', url.find("://") + 3);
  httplib::Client client(url.substr(0, path));
  client.set_connection_timeout(timeout);
  client.set_read_timeout(timeout);
  client.set_write_timeout(timeout);
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
  client.enable_server_certificate_verification(false);
#endif
  const httplib::Result result = client.Get(path == std::string::npos ? "/" : url.substr(path));
  if (!result) return {.failure = explain(result.error())};
  return {.status = result->status};
}

}  // namespace cli
