// match → authenticate → rate limit → access → body → handler → reply, without sockets.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/crypto.h"
#include "core/random.h"
#include "http/rate_limiter.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/route.h"
#include "storage/store.h"

namespace http {

// Whose key has this digest. Called with a reader's and with the writer's connection.
using Authenticate = std::function<std::optional<Caller>(storage::Database& db, const core::Digest& key_digest)>;

// One request that was answered, for metrics, the journal and the access log. `route` is null where none matched.
struct Exchange {
  const Request& request;
  const Reply& reply;
  const Route* route;
  const Caller& caller;
  core::Time started;          // the server's clock
  std::int64_t duration_us;
};
using Observer = std::function<void(const Exchange&)>;

// May answer a request instead of the router, before anything happened (test faults): returns true if it has taken
// `respond` over; it may call `proceed` later to let the request go on.
using Proceed = std::function<void(Respond)>;
using Interceptor = std::function<bool(const Request&, Respond&, const Proceed&)>;

struct RouterParts {
  storage::Store& store;
  const core::Clock& clock;
  core::Random& random;
  RateLimiter& limiter;
  Authenticate authenticate;
  Instance instance;
  bool require_auth = false;
  std::size_t max_body = 1024 * 1024;
};

// All functions may be called from any thread once routes are added.
class Router {
 public:
  Router(RouterParts parts, Routes routes);
  ~Router();

  void add_observer(Observer observer);        // before the first dispatch
  void set_interceptor(Interceptor interceptor);

  // Answers through `respond` exactly once: at once for reads, on the writer's thread for writes. Never throws.
  void dispatch(Request request, Respond respond);

  [[nodiscard]] const Routes& routes() const;
  [[nodiscard]] const Instance& instance() const;

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace http
