// Ids, keys and secrets that are the same in every run: /_test/seed.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "core/random.h"
#include "http/route.h"
#include "storage/store.h"

namespace testing {

// All functions may be called from any thread.
class Seed {
 public:
  // `random` makes what clients see: ids, keys, secrets. `chance` decides the rest (faults, retries), at moments that
  // are not the same in every run, and therefore has a stream of its own.
  Seed(storage::Store& store, core::SystemRandom& random, core::SystemRandom& chance)
      : store_(store), random_(random), chance_(chance) {}

  // The same number on an equal database gives the same stream. Where ids of an earlier seeding are in the database,
  // the new ones continue behind them.
  void plant(std::uint64_t number);
  // Back to the operating system's randomness.
  void release();
  [[nodiscard]] std::optional<std::uint64_t> number() const;

 private:
  storage::Store& store_;
  core::SystemRandom& random_;
  core::SystemRandom& chance_;
  mutable std::mutex mutex_;
  std::optional<std::uint64_t> number_;  // guarded by mutex_
};

// `seed` outlives the routes.
[[nodiscard]] http::Routes seed_routes(Seed& seed);

}  // namespace testing
