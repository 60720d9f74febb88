// Answers that go wrong on purpose, so that an agent can be tested against them: by rule (PUT /_test/faults) or for one
// request (the header X-ClankdIn-Fault).
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_writer.h"
#include "core/random.h"
#include "http/body.h"
#include "http/router.h"
#include "testing/timer.h"

namespace testing {

// Where nothing says otherwise.
inline constexpr int kUsualFaultStatus = 503;

// What goes wrong: an error answer, a delay, or a connection that is closed.
struct Fault {
  std::optional<int> status;  // an error answer, 400 to 599
  std::optional<int> retry_after_s;
  std::int64_t delay_ms = 0;
  bool drop = false;      // the connection is closed without an answer
  bool truncate = false;  // ... in the middle of the answer
  bool after = false;     // once the request has happened; otherwise instead of it
};

struct FaultRule {
  // Whom it strikes; what is empty matches all.
  std::string method;
  std::string path;  // may hold `*`
  std::string agent;
  double probability = 1;
  std::optional<std::int64_t> times;
  Fault fault;
  std::int64_t hits = 0;
};

// Both leave faults in `body`, of every bad field.
[[nodiscard]] Fault read_fault(http::Body& body);
[[nodiscard]] FaultRule read_fault_rule(http::Body& body);
// "status=429; retry_after=2; delay_ms=200; drop; truncate; after". Throws core::Error (bad_request).
[[nodiscard]] Fault parse_fault_header(std::string_view value);
void write(core::JsonWriter& json, const FaultRule& rule);

// All functions may be called from any thread.
class Faults {
 public:
  // `chance` is asked only where a rule's probability is below 1.
  Faults(Timer& timer, core::Random& chance) : timer_(timer), chance_(chance) {}

  void set(std::vector<FaultRule> rules);
  void clear() { set({}); }
  [[nodiscard]] std::vector<FaultRule> rules() const;

  // An http::Interceptor. The test controls themselves are left alone.
  void intercept(const http::Request& request, const http::Caller& caller, http::Respond answer, http::Proceed proceed);

 private:
  // The fault of the first rule that matches and has times left; counts the hit.
  [[nodiscard]] std::optional<Fault> find(const http::Request& request, const http::Caller& caller);

  Timer& timer_;
  core::Random& chance_;
  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;
  std::vector<FaultRule> rules_;  // guarded by mutex_
};

// /_test/faults. `faults` outlives the routes.
[[nodiscard]] http::Routes fault_routes(Faults& faults);

}  // namespace testing
