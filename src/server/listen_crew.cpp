#include "server/listen_crew.h"

#include <algorithm>
#include <chrono>

namespace server {
namespace {

// A relief that looked on this often without anything happening sleeps. Until then it costs nobody a system call to
// have it look on.
constexpr int kQuietLooks = 50;

bool is_within(std::uint64_t turn) { return turn % 2 == 1; }

}  // namespace

Crew::Crew(std::size_t workers, std::size_t regulars)
    : workers_(workers), regulars_(std::min(workers, regulars)), members_(std::make_unique<Member[]>(workers)) {
  for (std::size_t worker = 0; worker < workers_; ++worker) {
    Member& member = members_[worker];
    if (is_relief(worker)) {
      member.seen.resize(worker);
    } else {
      member.serves = true;
    }
  }
}

void Crew::begin_turn(std::size_t worker) {
  // This store and load, and rest()'s store and load the other way round, are sequentially consistent: either we see
  // that the relief sleeps, or it sees that something happened.
  members_[worker].turn.store(members_[worker].turn.load(std::memory_order_relaxed) + 1);
  // The next relief looks at this worker first of all reliefs; one further on has nothing to do before that one serves.
  const std::size_t next = std::max(worker + 1, regulars_);
  if (next >= workers_ || !members_[next].sleeps.load()) return;
  {
    const std::lock_guard lock(mutex_);
    members_[next].sleeps = false;
  }
  wake_.notify_all();
}

void Crew::end_turn(std::size_t worker) {
  auto& turn = members_[worker].turn;
  turn.store(turn.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

void Crew::look_on(std::size_t relief) {
  auto& seen = members_[relief].seen;
  for (std::size_t worker = 0; worker < relief; ++worker) seen[worker] = members_[worker].turn.load();
}

bool Crew::nothing_happened(const Member& relief) const {
  for (std::size_t worker = 0; worker < relief.seen.size(); ++worker) {
    const auto turn = relief.seen[worker];
    if (is_within(turn) || members_[worker].turn.load() != turn) return false;
  }
  return true;
}

void Crew::rest(std::size_t relief) {
  Member& own = members_[relief];
  std::unique_lock lock(mutex_);
  if (own.quiet_looks >= kQuietLooks) {
    own.sleeps = true;
    if (nothing_happened(own)) wake_.wait(lock, [&] { return !own.sleeps || dismissed_; });
    own.sleeps = false;
    own.quiet_looks = 0;
  } else {
    wake_.wait_for(lock, std::chrono::milliseconds(kLookMs), [this] { return dismissed_.load(); });
    own.quiet_looks = nothing_happened(own) ? own.quiet_looks + 1 : 0;
  }
}

bool Crew::is_needed(std::size_t relief) {
  Member& own = members_[relief];
  std::size_t able = 0;
  for (std::size_t worker = 0; worker < relief; ++worker) {
    const auto turn = members_[worker].turn.load();
    const bool held_up = is_within(turn) && turn == own.seen[worker];
    if (members_[worker].serves && !held_up) ++able;
  }
  const bool needed = able < regulars_;
  own.serves = needed;
  return needed;
}

void Crew::dismiss() {
  {
    const std::lock_guard lock(mutex_);
    dismissed_ = true;
  }
  wake_.notify_all();
}

}  // namespace server
