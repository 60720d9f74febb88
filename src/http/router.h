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

// Whose key has this digest; called with a reader's connection. And the agent as it is now if it still has that key;
// with the writer's.
using Authenticate = std::function<std::optional<Caller>(storage::Database& db, const core::Digest& key_digest)>;
using AuthenticateAgain = std::function<std::optional<Caller>(storage::Database& db, std::int64_t agent_id,
                                                              const core::Digest& key_digest)>;

// One request that was answered, for metrics, the journal and the access log. `route` is null where none matched.
struct Exchange {
  const Request& request;
  const Reply& reply;
  const Route* route;
  const Caller& caller;
  core::Time started;  // the server's clock
  std::int64_t duration_us;
};
using Observer = std::function<void(const Exchange&)>;

// Stands between admission and the handler (test faults). `caller` is whose key it is, before rate limits were asked.
// It calls `answer` instead of the router, or `proceed` to let the request go on with whatever is to happen to its
// reply; exactly one of the two, now or later. Both keep the request alive. A Spoil (or none) gets the reply as it
// would leave, and hands on what is to leave instead, now or later, exactly once.
using Spoil = std::function<void(Reply reply, Respond leave)>;
using Proceed = std::function<void(Spoil spoil)>;
using Interceptor = std::function<void(const Request& request, const Caller& caller, Respond answer, Proceed proceed)>;

// Runs a task, which it takes over, on another thread soon; or says that it does not, with false.
using RunSoon = std::function<bool(std::function<void()>& task)>;

struct RouterParts {
  storage::Store& store;
  const core::Clock& clock;
  core::Random& random;
  RateLimiter& limiter;
  Authenticate authenticate;
  AuthenticateAgain authenticate_again;
  Instance instance;
  // Whose address counts for rate limits; the peer's own without it (trusted proxies change that).
  std::function<std::string(const Request&)> client_address = {};
  // An error page for clients that prefer HTML; problem documents without it.
  std::function<std::string(int status, std::string_view detail, const Request&)> error_page = {};
  bool require_auth = false;
};

// All functions may be called from any thread once routes are added.
class Router {
 public:
  Router(RouterParts parts, Routes routes);
  ~Router();

  void add_observer(Observer observer);           // before the first dispatch
  void set_interceptor(Interceptor interceptor);  // likewise
  void set_finisher(RunSoon run_soon);            // likewise

  // An X-Request-Id that no other request of this process has.
  [[nodiscard]] std::string make_request_id();

  // Forgets cached answers and when the last write was (the database or the clock went back in time).
  void forget();

  // Answers through `respond` exactly once: at once for reads, after the commit for writes, on the writer's thread
  // unless a finisher takes it from there. Takes both over. Never throws.
  void dispatch(Request&& request, Respond&& respond);

  [[nodiscard]] const Routes& routes() const;
  [[nodiscard]] const Instance& instance() const;

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace http
