#include "console/attempts.h"

#include <utility>

#include "core/log.h"

namespace console {

void write(core::JsonWriter& json, const Attempt& attempt) {
  json.begin_object()
      .field("delivery_id", attempt.delivery)
      .field("event", attempt.event)
      .field("url", core::scrub_keys(attempt.url))
      .time_field("time", attempt.time)
      .field("delivered", attempt.delivered);
  json.key("response_status");
  attempt.status ? json.value(*attempt.status) : json.null();
  json.key("error");
  attempt.error.empty() ? json.null() : json.value(attempt.error);
  json.field("duration_ms", attempt.duration_ms).end_object();
}

void Attempts::add(Attempt attempt) {
  const std::lock_guard lock(mutex_);
  attempts_.push_back(std::move(attempt));
  if (attempts_.size() > kKept) attempts_.pop_front();
}

void Attempts::write_all(core::JsonWriter& json) const {
  const std::lock_guard lock(mutex_);
  json.key("attempts").begin_array();
  for (auto attempt = attempts_.rbegin(); attempt != attempts_.rend(); ++attempt) write(json, *attempt);
  json.end_array();
}

void Attempts::clear() {
  const std::lock_guard lock(mutex_);
  attempts_.clear();
}

}  // namespace console
