// /console: what an operator sees of agents at work. Requests as they come, deliveries to webhooks and their attempts,
// and which rate limits are in use; for clients on the server's own machine alone.
#pragma once

#include <string_view>

#include "console/attempts.h"
#include "console/audience.h"
#include "http/rate_limiter.h"
#include "http/route.h"
#include "journal/journal.h"

namespace console {

class Console {
 public:
  // Both outlive this. Before the journal's first record().
  Console(journal::Journal& journal, const http::RateLimiter& limiter);

  // Bound to this, which must outlive them.
  [[nodiscard]] http::Routes routes();

  // A request to a webhook has ended. Shown while somebody looks. From any thread.
  void attempted(const Attempt& attempt);
  // The server is about to stop: ends the streams.
  void close() { audience_.close(); }

 private:
  journal::Journal& journal_;
  const http::RateLimiter& limiter_;
  Audience audience_;
  Attempts attempts_;
};

// The sources that are embedded at build time.
[[nodiscard]] std::string_view page_source();
[[nodiscard]] std::string_view style_source();
[[nodiscard]] std::string_view script_source();

}  // namespace console
