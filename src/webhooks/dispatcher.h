// Sends what waits in the outbox.
//
// One thread sleeps until a delivery is due; a pool of senders, none while there is nothing to send, makes the
// requests. A row of the outbox is done only when its receiver's answer is written down: whatever happens in between,
// it is sent again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "storage/store.h"

namespace webhooks {

// One request that was made, as its options' `tried` is told of it; the views hold during that call.
struct Tried {
  core::Uuid delivery;
  std::string_view event;
  std::string_view url;
  core::Time time = 0;  // when it ended
  bool delivered = false;
  std::optional<int> status;
  std::string_view error;
  std::int64_t duration_ms = 0;
};

struct DispatchOptions {
  bool block_private = false;                    // see Outgoing
  std::chrono::milliseconds patience{10'000};    // for one attempt in all
  std::function<void(const Tried&)> tried = {};  // on the dispatcher's thread; must not wait or throw
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
