// Whose turn it is: the order in which webhooks get their requests, and how many at a time. No threads, no input or
// output; the dispatcher's thread alone uses it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "webhooks/delivery.h"

namespace webhooks {

inline constexpr int kMaxRequests = 64;
inline constexpr int kMaxPerWebhook = 2;
// Receivers that don't answer hold their requests for the whole time limit. So those whose last attempt was slow share
// half of the requests; a second one at a time is given only while half are free; and the last few go only to those
// whose last attempt succeeded quickly. However many hang, the others have room.
inline constexpr int kMaxSlow = kMaxRequests / 2;
inline constexpr int kMaxWithSeconds = kMaxRequests / 2;
inline constexpr int kMaxUnproven = kMaxRequests - 8;

enum class Trust : std::uint8_t {
  good,
  unproven,
  slow
};  // by the last attempt; unproven: none yet, or a quick failure

// What is known of one webhook that has, or had, something to send.
struct Line {
  std::int64_t webhook = 0;
  std::uint64_t serial = 0;  // tells it from an earlier line under the same number
  Trust trust = Trust::unproven;
  bool queued = false;      // stands in its class's queue
  bool held = false;        // its turn came while it could have no more requests
  int in_flight = 0;        // requests under way
  core::Time due = kNever;  // when its turn comes; kNever while queued or with nothing to send
  std::shared_ptr<const Destination> to;
  std::vector<Job> fetched;             // read, not sent yet, the last one first
  core::Time next = kNever;             // when what comes after them is due
  std::vector<std::int64_t> unsettled;  // deliveries under way, or whose result is not written yet
};

class Turns {
 public:
  // The webhook has something to send at `due`.
  void note(std::int64_t webhook, core::Time due);
  // Null if it is not known.
  [[nodiscard]] Line* find(std::int64_t webhook);
  void forget(std::int64_t webhook);
  // Forgets all webhooks; requests under way still count until they finish.
  void clear();

  // Those that are due by `now` take their places.
  void advance(core::Time now);
  // When advance() next has something to do.
  [[nodiscard]] core::Time next_due() const;

  // The line whose turn it is, out of its queue; null if none may start a request now.
  [[nodiscard]] Line* next();
  // It takes up a request, which finish() gives back. The ticket remembers who took it, and as what it was counted.
  struct Ticket {
    std::int64_t webhook = 0;
    std::uint64_t serial = 0;
    Trust counted = Trust::unproven;
  };
  [[nodiscard]] Ticket start(Line& line);
  // Null if the line is not known any more.
  Line* finish(const Ticket& ticket, Trust trust);

  [[nodiscard]] int in_flight() const { return total_; }

 private:
  void queue(Line& line);
  void unschedule(Line& line);
  [[nodiscard]] bool has_room(Trust trust) const;

  std::unordered_map<std::int64_t, Line> lines_;
  std::set<std::pair<core::Time, std::int64_t>> schedule_;  // (due, webhook)
  std::deque<std::int64_t> queues_[3];                      // by trust
  int in_flight_[3] = {};                                   // by trust at the start
  int total_ = 0;
  std::size_t turn_ = 0;  // which class is asked first
  std::uint64_t serial_ = 0;
};

}  // namespace webhooks
