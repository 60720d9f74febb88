// What one request takes of its rate limits (section 10 of the contract), and gets back where it does not count.
#pragma once

#include <optional>
#include <string_view>

#include "http/rate_limiter.h"
#include "http/route.h"

namespace http {

// Of one request, from one thread at a time. Its functions take the tokens, and throw core::Error (rate_limited) with
// none taken where one is missing.
class Toll {
 public:
  explicit Toll(RateLimiter& limiter) : limiter_(limiter) {}

  // For a request to `route` that `caller` sent, or somebody at `address`. `counted`: its share of the overall limit
  // was taken elsewhere. An action's token is taken only from who may do it.
  void take(const Route& route, const Caller& caller, std::string_view address, bool counted);
  // For a key that is not valid.
  void take_failed_key(std::string_view address);
  // Gives the action's token back, and says anew what is left.
  void give_back();

  // What the buckets said; null where none was asked.
  [[nodiscard]] const Verdict* verdict() const { return verdict_ ? &*verdict_ : nullptr; }

 private:
  void keep(const Verdict& verdict, std::string_view refusal);

  RateLimiter& limiter_;
  std::optional<Verdict> verdict_;
  std::optional<Bucket> action_;   // a token of this was taken...
  Subject action_subject_;         // ...from this one...
  std::optional<Bucket> overall_;  // ...together with one of this
};

}  // namespace http
