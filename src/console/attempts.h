// The last requests that were made to webhooks.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/ids.h"
#include "core/json_writer.h"

namespace console {

// One request to a webhook and what came of it.
struct Attempt {
  core::Uuid delivery;
  std::string event;
  std::string url;
  core::Time time = 0;  // when it ended, by the server's clock
  bool delivered = false;
  std::optional<int> status;  // of the receiver's answer
  std::string error;          // empty if delivered
  std::int64_t duration_ms = 0;
};
void write(core::JsonWriter& json, const Attempt& attempt);

// All functions may be called from any thread.
class Attempts {
 public:
  static constexpr std::size_t kKept = 500;

  void add(Attempt attempt);
  // "attempts": […], the newest first.
  void write_all(core::JsonWriter& json) const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::deque<Attempt> attempts_;  // guarded by mutex_
};

}  // namespace console
