// What the instance says of itself: GET /, /health and /metrics, /home and /stats/network.
#pragma once

#include <functional>

#include "core/clock.h"
#include "http/rate_limiter.h"
#include "http/route.h"
#include "server/listen.h"
#include "server/request_counts.h"
#include "storage/store.h"
#include "webhooks/dispatcher.h"

namespace server {

// What the routes are bound to; all of it must outlive them.
struct InstanceSources {
  storage::Store& store;
  const http::RateLimiter& limiter;
  const webhooks::Dispatcher& dispatcher;
  const http::Router* router = nullptr;                // set before the first request
  const RequestCounts* requests = nullptr;             // set before the first request
  std::function<ListenFigures()> listen_figures = {};  // may stay empty; set before the first request
  core::Time started = core::AdjustableClock::real_now();
};

[[nodiscard]] http::Routes instance_routes(InstanceSources& sources);
// GET /home and GET /stats/network, which look into the features.
[[nodiscard]] http::Routes home_routes();
[[nodiscard]] http::Routes network_routes();

}  // namespace server
