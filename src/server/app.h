// The composition: which parts one instance has, and which features its routes come from. No sockets, no signals:
// `serve` puts a Listener in front of it, tests call dispatch() themselves. Instances of one process know nothing of
// each other.
#pragma once

#include <functional>
#include <memory>

#include "core/clock.h"
#include "core/random.h"
#include "events/events.h"
#include "http/rate_limiter.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/router.h"
#include "server/config.h"
#include "storage/store.h"

namespace feed {
class LiveStream;
}
namespace webhooks {
class Dispatcher;
}

namespace server {

class App {
 public:
  // Opens the database; throws what storage::Store throws. Nothing of `config.listen` counts but the number of
  // workers: so many readers the store gets.
  explicit App(Config config);
  // Finishes what waits to be written. No dispatch() may be under way.
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // What a connection's request goes to: the router's dispatch(). From any thread.
  void dispatch(http::Request&& request, http::Respond&& respond);

  // Where /metrics learns of connections; without it, it says nothing of them. Before the first dispatch().
  void set_listen_figures(std::function<ListenFigures()> figures);

  // What POST /_test/reset comes back to is what is there now; without this, what the constructor found. Nothing is to
  // be written meanwhile.
  void mark_start();
  // The server is about to stop: requests that only wait are answered now, and do not wait from here on.
  void interrupt();

  [[nodiscard]] const Config& config() const;
  [[nodiscard]] http::Router& router();
  [[nodiscard]] storage::Store& store();
  [[nodiscard]] core::AdjustableClock& clock();
  [[nodiscard]] core::SystemRandom& random();  // of what clients see: ids, keys, secrets
  [[nodiscard]] core::SystemRandom& chance();  // of the rest (jitter), which seeded ids must not depend on
  [[nodiscard]] http::RateLimiter& limiter();
  [[nodiscard]] events::Bus& bus();
  // After a store.load(), both must be told: reload().
  [[nodiscard]] webhooks::Dispatcher& dispatcher();
  [[nodiscard]] feed::LiveStream& live();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace server
