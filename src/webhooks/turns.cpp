#include "webhooks/turns.h"

#include <algorithm>

namespace webhooks {
namespace {

std::size_t index_of(Trust trust) { return static_cast<std::size_t>(trust); }

}  // namespace

void Turns::note(std::int64_t webhook, core::Time due) {
  Line& line = lines_[webhook];
  if (line.serial == 0) {
    line.webhook = webhook;
    line.serial = ++serial_;
  }
  line.next = std::min(line.next, due);  // for when what was read of it has been sent
  if (line.queued || due >= line.due) return;
  unschedule(line);
  line.due = due;
  schedule_.emplace(due, webhook);
}

Line* Turns::find(std::int64_t webhook) {
  const auto it = lines_.find(webhook);
  return it == lines_.end() ? nullptr : &it->second;
}

void Turns::forget(std::int64_t webhook) {
  if (Line* const line = find(webhook)) {
    unschedule(*line);
    lines_.erase(webhook);
  }
}

void Turns::clear() {
  lines_.clear();
  schedule_.clear();
  for (auto& queue : queues_) queue.clear();
}

void Turns::unschedule(Line& line) {
  if (line.due != kNever) schedule_.erase({line.due, line.webhook});
  line.due = kNever;
}

void Turns::queue(Line& line) {
  if (line.queued) return;
  line.held = line.in_flight >= kMaxPerWebhook;  // then finish() queues it
  if (line.held) return;
  line.queued = true;
  queues_[index_of(line.trust)].push_back(line.webhook);
}

void Turns::advance(core::Time now) {
  while (!schedule_.empty() && schedule_.begin()->first <= now) {
    Line& line = lines_.at(schedule_.begin()->second);
    unschedule(line);
    queue(line);
  }
}

core::Time Turns::next_due() const { return schedule_.empty() ? kNever : schedule_.begin()->first; }

bool Turns::has_room(Trust trust) const {
  const int slow = in_flight_[index_of(Trust::slow)];
  switch (trust) {
    case Trust::good: return total_ < kMaxRequests;
    case Trust::unproven: return total_ < kMaxUnproven;
    case Trust::slow: return total_ < kMaxUnproven && slow < kMaxSlow;
  }
  return false;
}

Line* Turns::next() {
  constexpr std::size_t kClasses = 3;
  for (std::size_t asked = 0; asked < kClasses; ++asked) {
    const std::size_t index = (turn_ + asked) % kClasses;
    auto& queue_here = queues_[index];
    while (!queue_here.empty() && has_room(static_cast<Trust>(index))) {
      const std::int64_t webhook = queue_here.front();
      queue_here.pop_front();
      Line* const line = find(webhook);
      if (line == nullptr || !line->queued) continue;
      line->queued = false;
      if (index_of(line->trust) != index) {
        queue(*line);
        continue;
      }
      line->held = line->in_flight > 0 && (total_ >= kMaxWithSeconds || line->trust != Trust::good);
      if (line->held) continue;
      turn_ = index + 1;
      return line;
    }
  }
  return nullptr;
}

Turns::Ticket Turns::start(Line& line) {
  ++line.in_flight;
  ++total_;
  ++in_flight_[index_of(line.trust)];
  const Ticket ticket{line.webhook, line.serial, line.trust};
  if (!line.fetched.empty()) {
    queue(line);
  } else if (line.next != kNever) {
    note(line.webhook, line.next);
  }
  return ticket;
}

Line* Turns::finish(const Ticket& ticket, Trust trust) {
  --total_;
  --in_flight_[index_of(ticket.counted)];
  Line* const line = find(ticket.webhook);
  if (line == nullptr || line->serial != ticket.serial) return nullptr;
  --line->in_flight;
  line->trust = trust;
  if (line->held || !line->fetched.empty()) queue(*line);
  return line;
}

}  // namespace webhooks
