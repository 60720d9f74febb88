// States of the whole database that a test goes back to: the one at start, and those it keeps under a name.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "http/route.h"
#include "storage/store.h"

namespace testing {

struct Snapshot {
  std::string name;
  std::size_t bytes = 0;
  core::Time created_at = 0;
};

// All functions may be called from any thread, but the writer's.
class States {
 public:
  static constexpr std::size_t kMostSnapshots = 100;
  // Runs on the writer's thread right after the database was replaced, before anything else is written.
  using Replaced = std::function<void(storage::Database& db)>;

  // `at_start` after reset() alone, and before `replaced`, which is called whenever the database was replaced.
  States(storage::Store& store, std::function<void()> at_start, Replaced replaced);

  // What reset() brings back: the database as it is now. Before the first reset().
  void mark_start();
  void reset();

  // Keeps the present state; true if the name is new. Throws core::Error (conflict) where there are too many.
  bool keep(const std::string& name, core::Time now);
  // Throw core::Error (not_found) for a name that is not kept.
  Snapshot restore(const std::string& name);
  void forget(const std::string& name);
  [[nodiscard]] Snapshot require(const std::string& name) const;
  [[nodiscard]] std::vector<Snapshot> all() const;  // by name

 private:
  struct Kept {
    storage::Store::Image image;
    core::Time created_at = 0;
  };
  [[nodiscard]] Kept find(const std::string& name) const;

  storage::Store& store_;
  const std::function<void()> at_start_;
  const Replaced replaced_;
  std::optional<std::uint64_t> start_version_;
  storage::Store::Image start_;
  mutable std::mutex mutex_;
  std::map<std::string, Kept> kept_;  // guarded by mutex_
};

// /_test/reset and /_test/snapshots. `states` outlives the routes.
[[nodiscard]] http::Routes state_routes(States& states);

}  // namespace testing
