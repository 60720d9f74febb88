// The test controls of one instance (section 13 of the contract). Without them there is nothing under /_test.
#pragma once

#include <functional>

#include "core/clock.h"
#include "core/random.h"
#include "http/route.h"
#include "http/router.h"
#include "journal/journal.h"
#include "storage/store.h"
#include "testing/faults.h"
#include "testing/seed.h"
#include "testing/states.h"
#include "testing/timer.h"
#include "testing/waits.h"

namespace testing {

struct ControlParts {
  storage::Store& store;
  journal::Journal& journal;  // records everything from here on
  core::AdjustableClock& clock;
  core::SystemRandom& random;   // of what clients see
  core::SystemRandom& chance;   // of everything else
  States::Replaced replaced;    // the database is another one
  std::function<void()> moved;  // the clock is; on any thread
};

class Controls {
 public:
  // Everything in `parts` outlives this.
  explicit Controls(ControlParts parts);
  // No request may be under way.
  ~Controls();

  [[nodiscard]] http::Routes routes();
  // Puts the faults into the router's way, before its first dispatch.
  void attach(http::Router& router);

  // What POST /_test/reset comes back to is what is there now.
  void mark_start();
  // The server is about to stop: answers what only waits, now and from here on.
  void interrupt();
  // Ends the thread. Before the router goes.
  void stop();

 private:
  void forget_test();

  ControlParts parts_;
  Timer timer_;
  Waits journal_waits_;
  Waits delivery_waits_;
  Faults faults_;
  Seed seed_;
  States states_;
};

}  // namespace testing
