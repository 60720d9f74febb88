#include "http/finish.h"

#include "http/etag.h"
#include "http/rate_limit_headers.h"

namespace http {

namespace {

constexpr std::string_view kPageSecurity =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

constexpr std::string_view kExposedHeaders =
    "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-RateLimit-Limit, "
    "X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id";

bool reads(const Request& request) { return request.method == Method::get || request.method == Method::head; }

bool is_shared(const Route* route) { return route == nullptr || route->access != Access::local; }

void add_page_security(Reply& reply) {
  if (reply.find_header("Content-Security-Policy") == nullptr) {
    reply.header("Content-Security-Policy", std::string(kPageSecurity));
  }
  reply.header("Referrer-Policy", "same-origin");
  reply.header("X-Frame-Options", "DENY");
  reply.header("Cross-Origin-Opener-Policy", "same-origin");
}

std::string_view cache_control(const Request& request) {
  if (request.header("authorization")) return "private, no-cache";
  return reads(request) ? "no-cache" : "no-store";
}

}  // namespace

void add_lasting_headers(Reply& reply, const Request& request, const Route* route) {
  reply.headers.reserve(reply.headers.size() + 6 + kMostOwnHeaders);
  reply.header("X-Content-Type-Options", "nosniff");
  if (is_shared(route)) reply.header("Access-Control-Allow-Origin", "*");
  if (reply.content_type == kHtml) add_page_security(reply);
  if (reads(request)) {
    reply.header("Vary", "Accept, Authorization");
    const bool tagged = reply.stream || reply.find_header("ETag") != nullptr;
    if (reply.status == 200 && !tagged) reply.header("ETag", etag_of(reply.body));
  }
  if (reply.find_header("Cache-Control") == nullptr) reply.header("Cache-Control", std::string(cache_control(request)));
}

void add_own_headers(Reply& reply, const Request& request, const Route* route, const Verdict* verdict) {
  reply.header("X-Request-Id", request.id);
  // A tool call's answer tells the limits of what it did.
  if (verdict != nullptr && reply.find_header("RateLimit") == nullptr) add_headers(reply, *verdict);
  if (is_shared(route) && request.header("origin")) {
    reply.header("Access-Control-Expose-Headers", std::string(kExposedHeaders));
  }
}

void answer_conditionally(Reply& reply, const Request& request) {
  if (!reads(request) || reply.status != 200) return;
  const auto* etag = reply.find_header("ETag");
  const auto wanted = request.header("if-none-match");
  if (etag == nullptr || !wanted || !matches_etag(*wanted, *etag)) return;
  reply.status = 304;
  reply.body.clear();
  reply.content_type = {};
}

}  // namespace http
