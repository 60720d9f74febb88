// Sends what waits in the outbox.
//
// One thread sleeps until a delivery is due; a pool of senders, none while there is nothing to send, makes the
// requests. A row of the outbox is done only when its receiver's answer is written down: whatever happens in between,
// it is sent again.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/clock.h"
#include "storage/store.h"

namespace webhooks {

struct DispatchOptions {
  bool block_private = false;                  // see Outgoing
  std::chrono::milliseconds patience{10'000};  // for one attempt in all
};

// Counted since start; for /metrics.
struct DispatchFigures {
  std::uint64_t succeeded = 0;  // attempts
  std::uint64_t failed = 0;     // other than by their time
  std::uint64_t timed_out = 0;
  int in_flight = 0;
  std::size_t threads = 0;
};

// All functions may be called from any thread, also on the writer's, and don't wait.
class Dispatcher {
 public:
  // Begins at once with what an earlier run left. Both must outlive stop().
  Dispatcher(storage::Store& store, const core::Clock& clock, DispatchOptions options);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Something is due for these webhooks, as the database has it now.
  void note(std::vector<std::int64_t> webhooks);
  // The webhook was changed or deleted: what was read of it is out of date.
  void changed(std::int64_t webhook);
  // The clock was moved.
  void wake();
  // The database is another one now (after a restore): forget everything and look again.
  void reload();
  // Ends requests under way, whose deliveries stay pending; writes down those that were answered. For good.
  void stop();

  [[nodiscard]] DispatchFigures figures() const;

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace webhooks
