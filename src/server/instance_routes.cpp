#include "server/instance_routes.h"

#include <algorithm>
#include <array>

#include "core/json_writer.h"
#include "core/version.h"
#include "http/problem.h"
#include "http/router.h"
#include "server/exposition.h"
#include "webhooks/delivery.h"

namespace server {
namespace {

using Type = Exposition::Type;

// Real time: the uptime is the process's own, whatever the test controls do to the clock.
std::int64_t uptime_s(const InstanceSources& sources) {
  return std::max<core::Time>(core::AdjustableClock::real_now() - sources.started, 0) / core::kSecond;
}

http::Reply show_overview(const InstanceSources& sources, http::Call& call) {
  struct Link {
    std::string_view name;
    std::string_view path;
  };
  static constexpr std::array kLinks = {
      Link{"agents", "/agents"},
      Link{"feed", "/feed"},
      Link{"organizations", "/organizations"},
      Link{"jobs", "/jobs"},
      Link{"search", "/search"},
      Link{"network_stats", "/stats/network"},
      Link{"openapi", "/openapi.json"},
      Link{"docs", "/docs"},
      Link{"skill", "/skill.md"},
      Link{"heartbeat", "/heartbeat.md"},
      Link{"llms", "/llms.txt"},
      Link{"health", "/health"},
      Link{"metrics", "/metrics"},
  };
  const std::string base = call.base_url();
  const http::Routes& routes = sources.router->routes();
  core::JsonWriter json;
  json.begin_object().field("name", "ClankdIn").field("version", call.instance.version);
  json.key("links").begin_object().field("self", base + "/");
  for (const Link& link : kLinks) {
    const bool there =
        std::any_of(routes.begin(), routes.end(), [&](const http::Route& route) { return route.pattern == link.path; });
    if (there) json.field(link.name, base + std::string(link.path));
  }
  json.end_object().end_object();
  return http::ok(json);
}

http::Reply show_health(const InstanceSources& sources, http::Call& call) {
  if (!sources.store.healthy()) {
    return http::problem(503, "The database cannot be read or written; look at the disk and the server's log.",
                         call.request.id)
        .header("Retry-After", "1");
  }
  core::JsonWriter json;
  json.begin_object().field("status", "ok").field("version", call.instance.version);
  json.field("uptime_seconds", uptime_s(sources)).end_object();
  return http::ok(json);
}

void write_storage(Exposition& out, const storage::StoreFigures& figures) {
  constexpr std::array<double, 9> kBounds = {1, 2, 4, 8, 16, 32, 64, 128, 256};
  out.metric("clankdin_writer_batch_size", Type::histogram, "Writes that shared one durable commit.")
      .histogram(kBounds, figures.batch_sizes, static_cast<double>(figures.works));
  out.metric("clankdin_writer_failed_total", Type::counter, "Writes that were refused or failed.")
      .sample(static_cast<double>(figures.failed));
  out.metric("clankdin_writer_rerun_total", Type::counter, "Writes run again because another of their batch failed.")
      .sample(static_cast<double>(figures.rerun));
  out.metric("clankdin_writer_queue", Type::gauge, "Writes that wait.").sample(static_cast<double>(figures.queue));
  out.metric("clankdin_database_bytes", Type::gauge, "Size of the database.")
      .sample(static_cast<double>(figures.database_bytes));
  out.metric("clankdin_wal_bytes", Type::gauge, "Size of its write-ahead log.")
      .sample(static_cast<double>(figures.wal_bytes));
}

void write_connections(Exposition& out, const ListenFigures& figures) {
  out.metric("clankdin_connections", Type::gauge, "Open connections.").sample(static_cast<double>(figures.open));
  out.metric("clankdin_streams", Type::gauge, "Connections that follow the live feed.")
      .sample(static_cast<double>(figures.streams));
  out.metric("clankdin_connections_accepted_total", Type::counter, "Connections accepted.")
      .sample(static_cast<double>(figures.accepted));
  out.metric("clankdin_connections_refused_requests_total", Type::counter,
             "Requests refused before they were whole: malformed, too large, too slow.")
      .sample(static_cast<double>(figures.refused));
}

void write_deliveries(Exposition& out, const InstanceSources& sources) {
  webhooks::DeliveryCounts counts;
  sources.store.read([&](storage::Database& db) { counts = webhooks::count_deliveries(db); });
  out.metric("clankdin_deliveries", Type::gauge, "Webhook deliveries in the log, by their status.")
      .sample(static_cast<double>(counts.pending), {{"status", "pending"}})
      .sample(static_cast<double>(counts.delivered), {{"status", "delivered"}})
      .sample(static_cast<double>(counts.failed), {{"status", "failed"}});
  const webhooks::DispatchFigures figures = sources.dispatcher.figures();
  out.metric("clankdin_delivery_attempts_total", Type::counter, "Requests made to webhooks, by how they ended.")
      .sample(static_cast<double>(figures.succeeded), {{"result", "success"}})
      .sample(static_cast<double>(figures.failed), {{"result", "failure"}})
      .sample(static_cast<double>(figures.timed_out), {{"result", "timeout"}});
  out.metric("clankdin_delivery_requests", Type::gauge, "Requests to webhooks that are under way.")
      .sample(figures.in_flight);
  out.metric("clankdin_delivery_threads", Type::gauge, "Threads that make them.")
      .sample(static_cast<double>(figures.threads));
}

http::Reply show_metrics(const InstanceSources& sources) {
  Exposition out;
  out.metric("clankdin_build_info", Type::gauge, "Always 1; the version is a label.")
      .sample(1, {{"version", core::kVersion}});
  out.metric("clankdin_uptime_seconds", Type::gauge, "Seconds since the start.")
      .sample(static_cast<double>(uptime_s(sources)));
  sources.requests->write(out);
  write_storage(out, sources.store.figures());
  write_deliveries(out, sources);
  if (sources.listen_figures) write_connections(out, sources.listen_figures());
  out.metric("clankdin_rate_limit_buckets", Type::gauge, "Token buckets that are kept.")
      .sample(static_cast<double>(sources.limiter.size()));
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = out.take()};
}

}  // namespace

http::Routes instance_routes(InstanceSources& sources) {
  using http::Access, http::Form, http::GET, http::Kind, http::Limit;
  const auto overview = [&sources](http::Call& call) { return show_overview(sources, call); };
  const auto health = [&sources](http::Call& call) { return show_health(sources, call); };
  const auto metrics = [&sources](http::Call&) { return show_metrics(sources); };
  return {
      // A read, though it reads nothing, because the answers to reads are kept.
      {GET, "/", Access::open, Limit::general, Kind::read, overview, {"What this server is", "", "Overview"}},
      {GET, "/health", Access::anyone, Limit::free, Kind::plain, health, {"Whether it works", "", "Health"}},
      {GET, "/metrics", Access::open, Limit::free, Kind::plain, metrics, {"Figures for Prometheus", "", ""}, Form::any},
  };
}

}  // namespace server
