#include "testing/controls.h"

#include <chrono>
#include <iterator>
#include <utility>

#include "testing/clock_api.h"
#include "testing/deliveries.h"
#include "testing/journal_api.h"

namespace testing {

namespace {

constexpr std::chrono::milliseconds kDeliveryInterval{5};

}  // namespace

Controls::Controls(ControlParts parts)
    : parts_(std::move(parts)),
      journal_waits_(timer_),
      delivery_waits_(timer_, kDeliveryInterval),
      faults_(timer_, parts_.chance),
      seed_(parts_.store, parts_.random, parts_.chance),
      states_(
          parts_.store, [this] { forget_test(); }, parts_.replaced) {
  parts_.journal.listen([this](const journal::Entry*) { journal_waits_.look_again(); });
  parts_.journal.keep();
}

Controls::~Controls() { stop(); }

http::Routes Controls::routes() {
  http::Routes all;
  for (auto& more :
       {state_routes(states_), clock_routes(parts_.clock, parts_.moved), journal_routes(parts_.journal, journal_waits_),
        delivery_routes(parts_.store, delivery_waits_), fault_routes(faults_), seed_routes(seed_)}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

void Controls::attach(http::Router& router) {
  router.set_interceptor(
      [this](const http::Request& request, const http::Caller& caller, http::Respond answer, http::Proceed proceed) {
        faults_.intercept(request, caller, std::move(answer), std::move(proceed));
      });
}

void Controls::mark_start() {
  states_.mark_start();
  parts_.journal.clear();
}

void Controls::interrupt() {
  journal_waits_.close();
  delivery_waits_.close();
  timer_.hurry();
}

void Controls::stop() { timer_.stop(); }

// Whatever a test has set, but for its snapshots, which are its own.
void Controls::forget_test() {
  faults_.clear();
  seed_.release();
  parts_.journal.clear();
  parts_.clock.release();
  parts_.moved();
}

}  // namespace testing
