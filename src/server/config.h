// What one instance is told at its start: by `clankdin serve`, by `clankdin exec`, by a test.
#pragma once

#include <string>
#include <vector>

#include "core/ip.h"
#include "core/log.h"
#include "http/rate_limiter.h"
#include "server/listen.h"

namespace server {

// Plain values with the defaults of `clankdin serve`; reading them from options is cli/serve_options.cpp's business.
struct Config {
  ListenOptions listen;

  std::string db = "clankdin.db";
  bool memory = false;      // nothing on disk; `db` does not count
  bool shared_vfs = false;  // other programs may open the file while we serve (slower)

  // Under which clients know this server, without a slash at its end; empty: each request's Host.
  std::string public_url;
  http::Quotas quotas = http::Quotas::defaults();
  bool require_auth = false;
  bool test_api = false;  // the test controls under /_test
  bool demo = false;      // an empty database begins with archive::import_demo()
  // Peers whose X-Forwarded-For says who the client is.
  std::vector<core::IpRange> trusted_proxies;

  // Webhooks are sent to public addresses only.
  bool webhook_block_private = false;

  core::LogOptions log;
  // Gets {"url", "port", "pid"} when connections are accepted; empty: no such file.
  std::string ready_file;
};

}  // namespace server
