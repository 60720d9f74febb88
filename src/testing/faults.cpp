#include "testing/faults.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "http/problem.h"
#include "journal/journal.h"
#include "journal/pattern.h"

namespace testing {

namespace {

bool strikes(const FaultRule& rule, const http::Request& request, const http::Caller& caller) {
  if (rule.times && rule.hits >= *rule.times) return false;
  if (!rule.method.empty() && rule.method != request.method_name) return false;
  if (!rule.agent.empty() && rule.agent != caller.handle) return false;
  return rule.path.empty() || journal::matches(rule.path, request.path);
}

http::Reply error_answer(const Fault& fault, const std::string& request_id) {
  const int status = fault.status.value_or(kUsualFaultStatus);
  const std::string detail =
      std::string("A fault was asked for by the test controls (/_test/faults or X-ClankdIn-Fault): ") +
      (fault.after ? "the request was carried out, and its answer replaced by this one."
                   : "the request was not carried out.");
  auto reply = http::problem(status, detail, request_id);
  // As section 10 of the contract has it for the real ones.
  const bool says_when = status == 429 || status == 503;
  if (says_when || fault.retry_after_s) {
    reply.header("Retry-After", std::to_string(fault.retry_after_s.value_or(1)));
  }
  return reply;
}

// What the router gave the answer that this one replaces, but for what described that answer.
void take_headers(http::Reply& reply, http::Reply& replaced) {
  constexpr std::string_view kGone[] = {"ETag", "Location", "Retry-After", "Idempotency-Replayed", "WWW-Authenticate"};
  for (auto& [name, value] : replaced.headers) {
    if (std::ranges::find(kGone, name) == std::end(kGone)) reply.header(name, std::move(value));
  }
}

http::Delivery delivery_of(const Fault& fault) {
  if (fault.drop) return http::Delivery::dropped;
  return fault.truncate ? http::Delivery::truncated : http::Delivery::whole;
}

http::Reply spoil(const Fault& fault, http::Reply reply, const std::string& request_id) {
  if (fault.status) {
    auto error = error_answer(fault, request_id);
    take_headers(error, reply);
    reply = std::move(error);
  }
  if (fault.drop || fault.truncate) reply.stream = nullptr;
  reply.delivery = delivery_of(fault);
  return reply;
}

}  // namespace

void Faults::set(std::vector<FaultRule> rules) {
  const std::lock_guard lock(mutex_);
  rules_ = std::move(rules);
  any_ = !rules_.empty();
}

std::vector<FaultRule> Faults::rules() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

std::optional<Fault> Faults::find(const http::Request& request, const http::Caller& caller) {
  if (!any_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  for (FaultRule& rule : rules_) {
    if (!strikes(rule, request, caller)) continue;
    constexpr std::uint64_t kSteps = std::uint64_t{1} << 53;
    if (rule.probability < 1 &&
        static_cast<double>(chance_.number(kSteps)) >= rule.probability * static_cast<double>(kSteps)) {
      continue;
    }
    ++rule.hits;
    return rule.fault;
  }
  return std::nullopt;
}

void Faults::intercept(const http::Request& request, const http::Caller& caller, http::Respond answer,
                       http::Proceed proceed) {
  if (journal::is_own(request)) return proceed({});
  const auto header = request.header("x-clankdin-fault");
  const auto found = header ? parse_fault_header(*header) : find(request, caller);
  if (!found) return proceed({});

  const Fault fault = *found;
  const auto later = [this, delay = std::chrono::milliseconds(fault.delay_ms)](Timer::Action action) {
    delay.count() == 0 ? action() : timer_.after(delay, std::move(action));
  };
  if (fault.after) {
    return proceed([fault, later, id = request.id](http::Reply reply, http::Respond leave) {
      auto shared = std::make_shared<http::Reply>(spoil(fault, std::move(reply), id));
      later([shared, leave = std::move(leave)] { leave(std::move(*shared)); });
    });
  }
  const bool reads = request.method == http::Method::get || request.method == http::Method::head;
  const bool answers_itself = fault.status || fault.drop || (fault.truncate && !reads);
  if (answers_itself) {
    return later([fault, answer = std::move(answer), id = request.id] {
      auto reply = error_answer(fault, id);
      reply.delivery = delivery_of(fault);
      answer(std::move(reply));
    });
  }
  // Only late, or a reading's own answer cut off.
  http::Spoil spoiling;
  if (fault.truncate) {
    spoiling = [fault, id = request.id](http::Reply reply, const http::Respond& leave) {
      leave(spoil(fault, std::move(reply), id));
    };
  }
  later([proceed = std::move(proceed), spoiling] { proceed(spoiling); });
}

}  // namespace testing
