#include "server/listen.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "server/listen_address.h"
#include "server/listen_library.h"
#include "server/listen_loop.h"

namespace server {

struct Listener::Engine {
  Engine(ListenOptions options, Dispatch dispatch)
      : loop(std::move(options), std::move(dispatch)),
        listening(listen_on(loop.options.host, loop.options.port)),
        port(local_port(listening)),
        acceptor(listening, [this](int socket) { loop.adopt(socket); }) {}

  Loop loop;
  const int listening;  // the acceptor's
  const int port;
  Acceptor acceptor;
};

Listener::Listener(ListenOptions options, Dispatch dispatch)
    : engine_(std::make_unique<Engine>(std::move(options), std::move(dispatch))) {}

Listener::~Listener() { stop(0); }

void Listener::start() {
  // In this order: the first answer waits for nothing that it does not need.
  engine_->loop.start();
  engine_->acceptor.start();
  engine_->loop.start_rest();
}

void Listener::stop(std::int64_t grace_ms) {
  engine_->loop.stopping =
      true;  // before the port refuses connections: answers from then on are their connection's last
  engine_->acceptor.stop();
  engine_->loop.stop(grace_ms);
}

bool Listener::run_soon(std::function<void()>& task) { return engine_->loop.run_soon(task); }

int Listener::port() const { return engine_->port; }

ListenFigures Listener::figures() const {
  const auto& counters = engine_->loop.counters;
  return {.accepted = counters.accepted,
          .requests = counters.requests,
          .refused = counters.refused,
          .open = counters.open,
          .streams = counters.streams};
}

}  // namespace server
