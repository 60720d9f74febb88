// Which of the workers wait for events.
//
// As many as there are processors do, the regulars: a burst of requests then wakes no more threads than can run, and
// each finds more to do when it wakes. The others are reliefs. Each looks every few milliseconds whether those before
// it are held up, by a slow disk or a long search, and serves while they are. While nothing happens they sleep.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace server {

class Crew {
 public:
  // How long a relief looks on before it knows who is held up.
  static constexpr int kLookMs = 2;

  // Workers are numbered from 0; the first `regulars` of them are regulars.
  Crew(std::size_t workers, std::size_t regulars);

  [[nodiscard]] std::size_t workers() const { return workers_; }
  [[nodiscard]] bool is_relief(std::size_t worker) const { return worker >= regulars_; }

  // By each worker, around what it does between two waits for events.
  void begin_turn(std::size_t worker);
  void end_turn(std::size_t worker);

  // By a relief, in this order: it begins to look on; lets kLookMs pass, at rest (longer, if nothing happens at all) or
  // serving; and learns whether it is to serve now, because fewer of those before it are able to than there are
  // regulars. Not able is who is still in the turn of the beginning, and a relief that is not to serve.
  void look_on(std::size_t relief);
  void rest(std::size_t relief);
  [[nodiscard]] bool is_needed(std::size_t relief);

  // From any thread: nobody rests any more.
  void dismiss();
  [[nodiscard]] bool dismissed() const { return dismissed_; }

 private:
  struct alignas(64) Member {
    std::atomic<std::uint64_t> turn{0};  // odd: within one. Only its own thread changes it
    std::atomic<bool> serves{false};     // as a regular, or as a relief that is needed
    std::atomic<bool> sleeps{false};     // a relief, until somebody begins a turn
    std::vector<std::uint64_t> seen;     // of those before it, at look_on(). Only its own thread's, like the next
    int quiet_looks = 0;                 // how many looks ago something happened
  };

  [[nodiscard]] bool nothing_happened(const Member& relief) const;

  const std::size_t workers_;
  const std::size_t regulars_;
  const std::unique_ptr<Member[]> members_;
  std::atomic<bool> dismissed_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace server
