#include "server/listen_deadlines.h"

#include <algorithm>
#include <chrono>

namespace server {
namespace {

constexpr std::size_t kSlots = 512;

}  // namespace

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

DeadlineWheel::DeadlineWheel(std::int64_t tick_ms) : tick_ms_(tick_ms), slots_(kSlots, nullptr) {}

DeadlineWheel::~DeadlineWheel() { stop(); }

void DeadlineWheel::start() {
  thread_ = std::thread([this] { run(); });
}

void DeadlineWheel::set(Timed& entry, std::int64_t deadline) {
  // This store and load, and turn()'s store and load the other way round, are sequentially consistent: either we see
  // that the wheel looks too late, or it sees the new deadline.
  entry.deadline_ = deadline;
  if (deadline >= entry.look_) return;
  const std::lock_guard lock(mutex_);
  place(entry, deadline);
}

void DeadlineWheel::remove(Timed& entry) {
  const std::lock_guard lock(mutex_);
  if (entry.placed_) unlink(entry);
  entry.deadline_ = kNever;
}

void DeadlineWheel::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void DeadlineWheel::place(Timed& entry, std::int64_t when) {
  if (entry.placed_) unlink(entry);
  // What is further away than one turn of the wheel is looked at once a turn.
  const auto farthest = steady_ms() + static_cast<std::int64_t>(kSlots - 2) * tick_ms_;
  const auto look = std::min(when, farthest);
  entry.look_ = look;
  entry.slot_ = static_cast<std::size_t>(look / tick_ms_ + 1) % kSlots;
  entry.before_ = nullptr;
  entry.after_ = slots_[entry.slot_];
  if (entry.after_ != nullptr) entry.after_->before_ = &entry;
  slots_[entry.slot_] = &entry;
  entry.placed_ = true;
  if (++placed_ == 1) wake_.notify_all();
}

void DeadlineWheel::unlink(Timed& entry) {
  (entry.before_ != nullptr ? entry.before_->after_ : slots_[entry.slot_]) = entry.after_;
  if (entry.after_ != nullptr) entry.after_->before_ = entry.before_;
  entry.placed_ = false;
  entry.look_ = kNever;
  --placed_;
}

void DeadlineWheel::run() {
  std::unique_lock lock(mutex_);
  auto next = steady_ms() / tick_ms_;
  while (!stopping_) {
    if (placed_ == 0) {
      wake_.wait(lock, [this] { return stopping_ || placed_ > 0; });
      next = steady_ms() / tick_ms_;
      continue;
    }
    const auto now = steady_ms();
    // After a long sleep of the machine one whole turn reaches every entry.
    next = std::max(next, now / tick_ms_ - static_cast<std::int64_t>(kSlots));
    for (; next <= now / tick_ms_; ++next) turn(static_cast<std::size_t>(next) % kSlots, now);
    wake_.wait_for(lock, std::chrono::milliseconds(next * tick_ms_ - now), [this] { return stopping_; });
  }
}

void DeadlineWheel::turn(std::size_t slot, std::int64_t now) {
  Timed* entry = slots_[slot];
  slots_[slot] = nullptr;
  // Entries may be placed in this slot again, so the list is taken out first; it keeps its members' links whole.
  while (entry != nullptr) {
    Timed* const after = entry->after_;
    entry->before_ = entry->after_ = nullptr;
    entry->placed_ = false;
    --placed_;
    const auto deadline = entry->deadline_.load();
    if (deadline <= now) {
      entry->expire();
      place(*entry, now + tick_ms_);  // until it has taken notice
    } else {
      place(*entry, deadline);
      // A deadline set since would have been compared with the old look_.
      if (const auto again = entry->deadline_.load(); again < entry->look_) place(*entry, again);
    }
    entry = after;
  }
}

}  // namespace server
