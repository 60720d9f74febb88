#include "server/app.h"

#include <atomic>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "agents/agents.h"
#include "agents/keys.h"
#include "archive/archive.h"
#include "console/console.h"
#include "core/log.h"
#include "core/stopwatch.h"
#include "core/version.h"
#include "feed/live_stream.h"
#include "feed/posts.h"
#include "html/layout.h"
#include "http/client_address.h"
#include "http/idempotency.h"
#include "jobs/jobs.h"
#include "journal/journal.h"
#include "mcp/mcp.h"
#include "notifications/notifications.h"
#include "openapi/document.h"
#include "openapi/openapi.h"
#include "organizations/organizations.h"
#include "pages/pages.h"
#include "prompts/prompts.h"
#include "search/search.h"
#include "server/instance_routes.h"
#include "server/request_counts.h"
#include "skill/skill.h"
#include "social/social.h"
#include "testing/controls.h"
#include "webhooks/delivery.h"
#include "webhooks/dispatcher.h"
#include "webhooks/outbox.h"
#include "webhooks/webhooks.h"

namespace server {
namespace {

constexpr std::size_t kMaxBuckets = 1'000'000;

storage::StoreOptions store_options(const Config& config, std::function<bool(storage::Database&)> upkeep) {
  // Each store in memory has a name of its own: two instances in one process share nothing.
  static std::atomic<int> next_name{1};
  storage::StoreOptions options;
  options.location.memory = config.memory;
  options.location.path = config.memory ? "clankdin-" + std::to_string(next_name++) : config.db;
  options.location.shared_vfs = config.shared_vfs;
  options.readers = config.listen.workers;
  options.before_commit = search::catch_up;
  options.upkeep = std::move(upkeep);
  return options;
}

// The access log: the path without its query, which may hold what people search for.
void log_exchange(const http::Exchange& exchange) {
  const http::Request& request = exchange.request;
  core::log(core::LogLevel::debug, "request",
            {{"method", request.method_name},
             {"path", request.path},
             {"status", std::to_string(exchange.reply.status)},
             {"duration_us", std::to_string(exchange.duration_us)},
             {"agent", exchange.caller.handle},
             {"client", request.client_address},
             {"request_id", request.id}});
}

console::Attempt attempt_of(const webhooks::Tried& tried) {
  return {.delivery = tried.delivery,
          .event = std::string(tried.event),
          .url = std::string(tried.url),
          .time = tried.time,
          .delivered = tried.delivered,
          .status = tried.status,
          .error = std::string(tried.error),
          .duration_ms = tried.duration_ms};
}

}  // namespace

// In the order in which the parts need each other.
struct App::Parts {
  explicit Parts(Config given)
      : config(std::move(given)),
        store(std::in_place, store_options(config, [this](storage::Database& db) { return keep_up(db); })),
        limiter(clock, config.quotas, kMaxBuckets, random.number(UINT64_MAX)),
        console(journal, limiter),
        dispatcher(*store, clock,
                   {.block_private = config.webhook_block_private,
                    .tried = [this](const webhooks::Tried& tried) { console.attempted(attempt_of(tried)); }}),
        live(*store),
        office{.dispatcher = dispatcher, .block_private = config.webhook_block_private},
        sources{.store = *store, .limiter = limiter, .dispatcher = dispatcher},
        router(
            {.store = *store,
             .clock = clock,
             .random = random,
             .limiter = limiter,
             .authenticate = agents::authenticate,
             .authenticate_again = agents::authenticate_again,
             .instance = {.public_url = config.public_url, .version = std::string(core::kVersion), .bus = &bus},
             .client_address =
                 [this](const http::Request& request) { return http::client_address(request, config.trusted_proxies); },
             .error_page = pages::error_page,
             .require_auth = config.require_auth},
            all_routes()),
        requests(router.routes()) {
    notifications::listen(bus, random);
    webhooks::listen(bus, random, dispatcher);
    live.listen(bus);
    clock.set_watcher([this] { dispatcher.wake(); });
    sources.router = &router;
    document.set_routes(router.routes(), core::kVersion);
    mcp.connect(router, document);
    sources.requests = &requests;
    bus.listen([](storage::Database& db, const events::Event& event) {
      // In this order: jobs close where the organization found no new lead.
      organizations::settle(db, event);
      jobs::settle(db, event);
    });
    router.add_observer([this](const http::Exchange& exchange) { requests.add(exchange); });
    router.add_observer([this](const http::Exchange& exchange) { journal.record(exchange); });
    if (core::logs(core::LogLevel::debug)) router.add_observer(log_exchange);
    if (config.demo) begin_with_demo();
    if (controls) {
      controls->attach(router);
      controls->mark_start();
    }
  }

  // What still waits to be written answers through the router, and tells the dispatcher and the stream, which therefore
  // outlive the store's contents.
  ~Parts() {
    if (controls) controls->stop();
    live.stop();
    dispatcher.stop();
    store.reset();
  }

  // The route tables of all features, one after another. Needs everything above the router.
  http::Routes all_routes() {
    http::Routes routes;
    const auto add = [&routes](http::Routes more) {
      routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    add(agents::routes());
    add(feed::routes());
    add(feed::stream_routes(live));
    add(organizations::routes());
    add(jobs::routes());
    add(social::routes());
    add(notifications::routes());
    add(prompts::routes());
    add(search::routes());
    add(webhooks::routes(office));
    add(instance_routes(sources));
    add(home_routes());
    add(network_routes());
    add(openapi::routes(document));
    add(mcp.routes());
    add(skill::routes(limiter.quotas()));
    add(html::asset_routes());
    add(pages::routes(routes));
    add(console.routes());
    if (config.test_api) {
      make_controls();
      add(controls->routes());
    }
    return routes;
  }

  void make_controls() {
    controls.emplace(testing::ControlParts{.store = *store,
                                           .journal = journal,
                                           .clock = clock,
                                           .random = random,
                                           .chance = chance,
                                           .replaced = [this](storage::Database& db) { follow_database(db); },
                                           .moved = [this] { follow_clock(); }});
  }

  void begin_with_demo() {
    store->between_batches([this](storage::Database& db) {
      if (archive::is_empty(db)) {
        archive::import_demo(db, chance, clock.now());
      } else {
        core::log(core::LogLevel::warn, "The database is not empty: it stays as it is, without the demo.",
                  {{"database", config.db}});
      }
    });
  }

  // The store's upkeep; on the writer's thread.
  bool keep_up(storage::Database& db) {
    const bool more_search = search_upkeep.run(db);
    const bool more_to_go = let_go_of_old(db);
    return more_search || more_to_go;
  }

  // What is too old goes, looked for some times a second and not with each of many batches. True
  // while there is more.
  bool let_go_of_old(storage::Database& db) {
    constexpr std::int64_t kPauseUs = 200'000;
    const std::int64_t started = core::stopwatch_us();
    if (!more_old && started - looked_for_old_us < kPauseUs) return false;
    looked_for_old_us = started;
    const bool more_posts = retirement.run(db, clock.now());
    const bool more_answers = http::idempotency::expire(db, clock.now());
    const bool more_deliveries = webhooks::expire(db, clock.now());
    more_old = more_posts || more_answers || more_deliveries;
    return more_old;
  }

  // The database was replaced by another one (reset, restore): what is kept in memory about it follows here. On the
  // writer's thread, before anything else is written.
  void follow_database(storage::Database&) {
    search_upkeep = search::Upkeep();
    retirement = feed::Retirement();
    limiter.clear();
    router.forget();
    dispatcher.wake();
    live.reload();
  }

  // The clock was moved by hand. On any thread.
  void follow_clock() { router.forget(); }

  const Config config;
  core::SystemRandom random;  // of what clients see: ids, keys, secrets
  core::SystemRandom chance;  // of the rest: when it is asked does not change what clients see
  core::AdjustableClock clock;
  search::Upkeep search_upkeep;
  feed::Retirement retirement;
  std::int64_t looked_for_old_us = 0;
  bool more_old = false;
  std::optional<storage::Store> store;
  http::RateLimiter limiter;
  events::Bus bus;
  journal::Journal journal;
  console::Console console;
  webhooks::Dispatcher dispatcher;
  feed::LiveStream live;
  webhooks::Office office;
  InstanceSources sources;
  std::optional<testing::Controls> controls;
  openapi::Document document;
  mcp::Server mcp;
  http::Router router;
  RequestCounts requests;
};

App::App(Config config) : parts_(std::make_unique<Parts>(std::move(config))) {}
App::~App() = default;

void App::dispatch(http::Request&& request, http::Respond&& respond) {
  parts_->router.dispatch(std::move(request), std::move(respond));
}

void App::set_listen_figures(std::function<ListenFigures()> figures) {
  parts_->sources.listen_figures = std::move(figures);
}

void App::mark_start() {
  if (parts_->controls) parts_->controls->mark_start();
}

void App::interrupt() {
  parts_->console.close();
  if (parts_->controls) parts_->controls->interrupt();
}

const Config& App::config() const { return parts_->config; }
http::Router& App::router() { return parts_->router; }
storage::Store& App::store() { return *parts_->store; }
core::AdjustableClock& App::clock() { return parts_->clock; }
core::SystemRandom& App::random() { return parts_->random; }
core::SystemRandom& App::chance() { return parts_->chance; }
http::RateLimiter& App::limiter() { return parts_->limiter; }
events::Bus& App::bus() { return parts_->bus; }
webhooks::Dispatcher& App::dispatcher() { return parts_->dispatcher; }
feed::LiveStream& App::live() { return parts_->live; }

}  // namespace server
