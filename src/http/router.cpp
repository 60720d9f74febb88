#include "http/router.h"

#include <array>
#include <atomic>
#include <charconv>

#include "core/api_key.h"
#include "core/log.h"
#include "core/stopwatch.h"
#include "core/text.h"
#include "http/body.h"
#include "http/finish.h"
#include "http/idempotency.h"
#include "http/loopback.h"
#include "http/negotiation.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/reply_cache.h"
#include "http/route_table.h"
#include "http/toll.h"

namespace http {

namespace {

std::string join_methods(const std::vector<Method>& methods) {
  std::string text;
  for (const Method method : methods) {
    if (!text.empty()) text += ", ";
    text.append(name_of(method));
  }
  return text;
}

bool is_sane_id(std::string_view id) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !id.empty() && id.size() <= 128 && id.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Whether a 400 to the client means that its request was never carried out.
bool failed_validation(int status) { return status == 400 || status == 413 || status == 415 || status == 422; }

}  // namespace

// A request between its arrival and its answer.
struct Pending {
  explicit Pending(RateLimiter& limiter) : toll(limiter) {}

  Request request;
  Respond respond;
  Spoil spoil;
  const Route* route = nullptr;
  Caller caller;
  core::Digest key_digest{};
  std::string address;  // whose address counts for rate limits
  Toll toll;
  std::optional<idempotency::Key> idempotency_key;
  std::string cache_key;       // for an answer that may be kept...
  std::uint64_t version = 0;  // ...of the database at this version
  bool lasting = false;       // the reply has its lasting headers
  core::Time started = 0;
  std::int64_t started_us = 0;
  Reply reply;  // of a write, until its commit
};
using Shared = std::shared_ptr<Pending>;

struct Router::Engine {
  RouterParts parts;
  RouteTable table;
  ReplyCache cache;
  std::vector<Observer> observers;
  RunSoon finisher;
  Interceptor interceptor;
  std::string id_prefix;
  std::atomic<std::uint64_t> next_id{1};
  std::atomic<core::Time> last_write{0};

  Engine(RouterParts router_parts, Routes routes)
      : parts(std::move(router_parts)), table(std::move(routes)), id_prefix(parts.random.text(8, "0123456789abcdef")) {}

  std::string make_request_id() {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), next_id.fetch_add(1), 16).ptr;
    return id_prefix + "-" + std::string(digits.data(), end);
  }

  void start(const Shared& p) {
    Request& request = p->request;
    const auto own_id = request.header("x-request-id");
    request.id = own_id && is_sane_id(*own_id) ? std::string(*own_id) : make_request_id();
    p->address = parts.client_address ? parts.client_address(request) : request.client_address;

    if (!interceptor && answer_kept(p)) return;
    const auto segments = split_path(request.method == Method::options && request.path == "*" ? "/" : request.path);
    if (!segments) {
      throw core::bad_request(
          "The path holds a malformed percent escape or a control character. Encode it as RFC 3986 says.");
    }
    if (request.method == Method::options) return finish(p, describe(*segments, request));
    find_route(*p, *segments);
    authenticate(*p);
    if (!interceptor) return admit(p);
    interceptor(
        request, p->caller, [this, p](Reply&& reply) { finish(p, std::move(reply)); },
        [this, p](Spoil spoil) {
          p->spoil = std::move(spoil);
          guarded(p, [&] { admit(p); });
        });
  }

  // True if the same request was answered before and nothing was committed since. Such an answer was open to a request
  // without a key, so that its rate limit is all that is left to ask.
  bool answer_kept(const Shared& shared) {
    Pending& p = *shared;
    p.cache_key = ReplyCache::key_of(p.request);
    if (p.cache_key.empty()) return false;
    p.version = parts.store.version();
    const auto kept = cache.find(p.cache_key, p.version, p.started);
    if (!kept) return false;
    p.route = kept->route;
    p.toll.take(*p.route, p.caller, p.address, p.request.counted);
    p.lasting = true;
    finish(shared, kept->reply.copy_with_room(kMostOwnHeaders));
    return true;
  }

  template <class Step>
  void guarded(const Shared& p, const Step& step) {
    try {
      step();
    } catch (...) {
      finish(p, problem_from(std::current_exception(), p->request));
    }
  }

  Reply describe(const std::vector<std::string>& segments, const Request& request) const {
    const auto methods = table.methods(segments);
    if (methods.empty() && request.path != "*") throw no_route(request);
    const auto allow = join_methods(methods);
    return no_content()
        .header("Allow", allow)
        .header("Access-Control-Allow-Methods", allow)
        .header("Access-Control-Allow-Headers",
                "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, MCP-Protocol-Version, "
                "Mcp-Method, Mcp-Name, X-Request-Id")
        .header("Access-Control-Max-Age", "86400");
  }

  static core::Error no_route(const Request& request) {
    return core::not_found("There is nothing at " + std::string(core::first_code_points(request.path, 200)) +
                           ". The routes are listed at /openapi.json and explained at /docs.");
  }

  void find_route(Pending& p, const std::vector<std::string>& segments) {
    Request& request = p.request;
    const bool reads = request.method == Method::get || request.method == Method::head;
    const Form form = reads ? preferred_form(request.header("accept").value_or("")) : Form::json;
    auto match = table.resolve(request.method, segments, form);
    if (!match) {
      const auto methods = table.methods(segments);
      if (methods.empty()) throw no_route(request);
      throw MethodNotAllowed{join_methods(methods)};
    }
    p.route = match->line;
    request.parameters = std::move(match->parameters);
    request.arguments = parse_arguments(request.query);
  }

  struct MethodNotAllowed {
    std::string allow;
  };

  void authenticate(Pending& p) {
    if (!p.request.header("authorization")) return;
    const auto key = p.request.bearer_token();
    if (key && core::is_well_formed_key(*key)) {
      p.key_digest = core::sha256(*key);
      std::optional<Caller> caller;
      parts.store.read([&](storage::Database& db) { caller = parts.authenticate(db, p.key_digest); });
      if (caller) {
        p.caller = std::move(*caller);
        return;
      }
    }
    if (p.route->limit != Limit::free) p.toll.take_failed_key(p.address);
    throw core::Error(core::ErrorCode::unauthorized,
                      "This API key is not valid. Send \"Authorization: Bearer clnk_…\" with the key that POST "
                      "/agents/register gave.");
  }

  // Rate limits, access and body; then the handler.
  void admit(const Shared& shared) {
    Pending& p = *shared;
    const Route& route = *p.route;
    p.toll.take(route, p.caller, p.address, p.request.counted);
    if (route.access == Access::local && !is_local(p.request)) {
      throw core::forbidden(
          "Only clients on the server's own machine may use this, under the name localhost or a loopback address.");
    }
    if (!p.caller && (route.access == Access::agent || (route.access == Access::open && parts.require_auth))) {
      throw core::Error(
          core::ErrorCode::unauthorized,
          "This needs an API key. Send \"Authorization: Bearer clnk_…\"; POST /agents/register gives one.");
    }
    const bool may_have_body = p.request.method != Method::get && p.request.method != Method::head;
    if (may_have_body) read_body(p);
    switch (route.kind) {
      case Kind::read: return read(shared);
      case Kind::write: return write(shared);
      case Kind::plain: {
        Call call = call_for(p, nullptr, p.started);
        return finish(shared, route.handler(call));
      }
      case Kind::later: {
        Call call = call_for(p, nullptr, p.started);
        return route.later(call, [this, shared](Reply&& reply) { finish(shared, std::move(reply)); });
      }
    }
  }

  void read_body(Pending& p) {
    if (const auto type = p.request.header("content-type"); type && !is_acceptable_content_type(*type)) {
      throw core::Error(
          core::ErrorCode::unsupported_media,
          "Send the request body as application/json in UTF-8; multipart forms and other charsets are not read.");
    }
    const bool reads_itself =
        p.route->access == Access::local || p.route->kind == Kind::plain || p.route->kind == Kind::later;
    if (!reads_itself) p.request.json = parse_json(p.request.body);
    if (p.request.method == Method::post && p.route->kind == Kind::write) {
      p.idempotency_key = idempotency::key_of(p.request, p.caller, p.address);
    }
  }

  Call call_for(const Pending& p, storage::Database* db, core::Time now) const {
    return Call{p.request, db, p.caller, now, parts.random, parts.instance};
  }

  void read(const Shared& shared) {
    Pending& p = *shared;
    Reply reply;
    parts.store.read([&](storage::Database& db) {
      Call call = call_for(p, &db, p.started);
      reply = p.route->handler(call);
    });
    if (!p.cache_key.empty() && p.route->access != Access::local && reply.status == 200 && !reply.stream) {
      add_lasting_headers(reply, p.request, p.route);
      p.lasting = true;
      cache.keep(p.cache_key, p.version, p.started, std::make_shared<const KeptReply>(KeptReply{p.route, reply}));
    }
    finish(shared, std::move(reply));
  }

  void write(const Shared& shared) {
    parts.store.write([this, shared](storage::Database& db) { shared->reply = run_write(*shared, db); },
                      [this, shared](std::exception_ptr failure) {
                        if (failure) shared->reply = problem_from(failure, shared->request);
                        finish_write(shared);
                      });
  }

  // The writer's thread has more to do than headers.
  void finish_write(const Shared& shared) {
    if (finisher) {
      std::function<void()> task = [this, shared] { finish(shared, std::move(shared->reply)); };
      if (finisher(task)) return;
    }
    finish(shared, std::move(shared->reply));
  }

  Reply run_write(Pending& p, storage::Database& db) {
    // Never before an earlier write's, so that lists by time are lists by commit; unless the clock was moved by hand.
    core::Time now = parts.clock.now();
    const core::Time last = last_write.load(std::memory_order_relaxed);
    if (now < last && last - now < core::kMinute) now = last;
    last_write.store(now, std::memory_order_relaxed);
    // The key may have been rotated, or its agent deleted, since this request was admitted.
    if (p.caller) {
      auto caller = parts.authenticate_again(db, p.caller.id, p.key_digest);
      if (!caller) {
        throw core::Error(core::ErrorCode::unauthorized,
                          "This API key is not valid any more. Send the agent's new key.");
      }
      p.caller = std::move(*caller);
    }
    Call call = call_for(p, &db, now);
    if (!p.idempotency_key) return p.route->handler(call);
    if (auto kept = idempotency::find(db, p.request, *p.idempotency_key, now)) return std::move(*kept);
    const auto changes = db.total_changes();
    Reply reply;
    try {
      reply = p.route->handler(call);
    } catch (const core::Error& error) {
      const int status = status_of(error.code());
      const bool final_answer = status == 403 || status == 404 || status == 409;
      if (!final_answer || db.total_changes() != changes) throw;
      reply = problem_from(std::current_exception(), p.request);
    }
    idempotency::keep(db, p.request, *p.idempotency_key, reply, now, parts.random);
    return reply;
  }

  void finish(const Shared& shared, Reply&& reply) {
    Pending& p = *shared;
    if (failed_validation(reply.status)) p.toll.give_back();
    if (reply.status >= 400 && reply.content_type == kProblem && parts.error_page && wants_page(p.request)) {
      reply.body = parts.error_page(reply.status, reply.detail, p.request);
      reply.content_type = kHtml;
    }
    if (!p.lasting) add_lasting_headers(reply, p.request, p.route);
    add_own_headers(reply, p.request, p.route, p.toll.verdict());
    answer_conditionally(reply, p.request);
    if (!p.spoil) return leave(shared, std::move(reply));
    const auto spoil = std::move(p.spoil);
    spoil(std::move(reply), [this, shared](Reply&& spoilt) { leave(shared, std::move(spoilt)); });
  }

  void leave(const Shared& shared, Reply&& reply) {
    Pending& p = *shared;
    const Exchange exchange{p.request, reply, p.route, p.caller, p.started, core::stopwatch_us() - p.started_us};
    for (const Observer& observe : observers) observe(exchange);
    p.respond(std::move(reply));
  }

  static bool wants_page(const Request& request) {
    return (request.method == Method::get || request.method == Method::head) &&
           preferred_form(request.header("accept").value_or("")) == Form::html;
  }
};

Router::Router(RouterParts parts, Routes routes)
    : engine_(std::make_unique<Engine>(std::move(parts), std::move(routes))) {}
Router::~Router() = default;

void Router::add_observer(Observer observer) { engine_->observers.push_back(std::move(observer)); }
void Router::set_finisher(RunSoon run_soon) { engine_->finisher = std::move(run_soon); }
void Router::set_interceptor(Interceptor interceptor) { engine_->interceptor = std::move(interceptor); }
std::string Router::make_request_id() { return engine_->make_request_id(); }
void Router::forget() {
  engine_->cache.clear();
  engine_->last_write.store(0, std::memory_order_relaxed);
}
const Routes& Router::routes() const { return engine_->table.routes(); }
const Instance& Router::instance() const { return engine_->parts.instance; }

void Router::dispatch(Request&& request, Respond&& respond) {
  auto p = std::make_shared<Pending>(engine_->parts.limiter);
  p->request = std::move(request);
  p->respond = std::move(respond);
  p->started = engine_->parts.clock.now();
  p->started_us = core::stopwatch_us();
  try {
    engine_->start(p);
  } catch (const Engine::MethodNotAllowed& refusal) {
    engine_->finish(
        p, problem(405, std::string(p->request.method_name) + " is not offered here. Use " + refusal.allow + ".",
                   p->request.id)
               .header("Allow", refusal.allow));
  } catch (...) {
    engine_->finish(p, problem_from(std::current_exception(), p->request));
  }
}

}  // namespace http
