#include "testing/states.h"

#include <utility>

#include "core/error.h"

namespace testing {

States::States(storage::Store& store, std::function<void()> at_start, Replaced replaced)
    : store_(store), at_start_(std::move(at_start)), replaced_(std::move(replaced)) {}

void States::mark_start() {
  const auto version = store_.version();
  if (start_version_ == version) return;
  start_ = store_.save();
  start_version_ = version;
}

void States::reset() {
  store_.load(start_, [this](storage::Database& db) {
    at_start_();
    replaced_(db);
  });
}

bool States::keep(const std::string& name, core::Time now) {
  Kept kept{store_.save(), now};
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kMostSnapshots && !kept_.contains(name)) {
    throw core::conflict("There are " + std::to_string(kMostSnapshots) +
                         " snapshots, and no more are kept. Delete one: DELETE /_test/snapshots/NAME.");
  }
  return kept_.insert_or_assign(name, std::move(kept)).second;
}

Snapshot States::restore(const std::string& name) {
  const Kept kept = find(name);
  store_.load(kept.image, replaced_);
  return {name, kept.image.size, kept.created_at};
}

void States::forget(const std::string& name) {
  static_cast<void>(find(name));
  const std::lock_guard lock(mutex_);
  kept_.erase(name);
}

Snapshot States::require(const std::string& name) const {
  const Kept kept = find(name);
  return {name, kept.image.size, kept.created_at};
}

std::vector<Snapshot> States::all() const {
  std::vector<Snapshot> snapshots;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, kept] : kept_) snapshots.push_back({name, kept.image.size, kept.created_at});
  return snapshots;
}

States::Kept States::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto kept = kept_.find(name);
  if (kept == kept_.end()) {
    throw core::not_found("There is no snapshot \"" + name + "\". GET /_test/snapshots lists those there are.");
  }
  return kept->second;
}

}  // namespace testing
