#include "http/toll.h"

#include <string>

#include "core/error.h"

namespace http {

namespace {

// The bucket of an action; std::nullopt where only the overall one counts.
std::optional<Bucket> bucket_of(Limit limit) {
  switch (limit) {
    case Limit::registration: return Bucket::registration;
    case Limit::post: return Bucket::post;
    case Limit::comment: return Bucket::comment;
    case Limit::follow: return Bucket::follow;
    case Limit::pinch: return Bucket::pinch;
    case Limit::endorse: return Bucket::endorse;
    case Limit::general:
    case Limit::free: break;
  }
  return std::nullopt;
}

constexpr std::string_view kUsedUp = "The rate limit is used up for now.";

}  // namespace

void Toll::take(const Route& route, const Caller& caller, std::string_view address, bool counted) {
  if (route.limit == Limit::free) return;
  const Subject subject = caller ? Subject::agent(caller.id) : Subject::address(address);
  const Bucket overall = caller ? Bucket::keyed : Bucket::keyless;
  const bool may_act = caller || route.access != Access::agent;
  const auto action = may_act ? bucket_of(route.limit) : std::nullopt;
  if (!action) {
    if (!counted) keep(limiter_.take(subject, {overall}), kUsedUp);
    return;
  }
  // Registering counts by address, whoever asks.
  const bool by_address = route.limit == Limit::registration;
  const Subject action_subject = by_address ? Subject::address(address) : subject;
  if (counted) {
    keep(limiter_.take(action_subject, {*action}), kUsedUp);
  } else if (action_subject == subject) {
    keep(limiter_.take(subject, {overall, *action}), kUsedUp);
    overall_ = overall;
  } else {
    keep(limiter_.take(subject, {overall}), kUsedUp);
    const Verdict verdict = limiter_.take(action_subject, {*action});
    if (!verdict.admitted) limiter_.give_back(subject, overall);
    keep(verdict, kUsedUp);
  }
  action_ = action;
  action_subject_ = action_subject;
}

void Toll::take_failed_key(std::string_view address) {
  const Verdict verdict = limiter_.take(Subject::address(address), {Bucket::failed_key});
  if (!verdict.admitted) keep(verdict, "Too many keys that are not valid came from this address.");
}

void Toll::give_back() {
  if (!action_) return;
  limiter_.give_back(action_subject_, *action_);
  verdict_ = overall_ ? limiter_.look(action_subject_, {*overall_, *action_})
                      : limiter_.look(action_subject_, {*action_});
  action_.reset();
}

void Toll::keep(const Verdict& verdict, std::string_view refusal) {
  verdict_ = verdict;
  if (verdict.admitted) return;
  // Retry-After comes with the other headers of the verdict.
  throw core::Error(core::ErrorCode::rate_limited, std::string(refusal) + " Wait " + std::to_string(verdict.reset_s) +
                                                       " seconds and send the request again.");
}

}  // namespace http
