// Chance as the server meets it: one Random is handed in by the composition (see design: time and chance).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace core {

// All functions may be called from any thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
  // The time that an id made now carries: `now`, unless ids are to be the same in every run.
  [[nodiscard]] virtual Time id_time(Time now) { return now; }

  // Uniform in [0, below); `below` > 0.
  [[nodiscard]] std::uint64_t number(std::uint64_t below);
  // `length` characters drawn uniformly from `alphabet` (2 to 256 characters).
  [[nodiscard]] std::string text(std::size_t length, std::string_view alphabet);
};

// The operating system's generator, read in blocks. After seed() a reproducible stream instead (`/_test/seed`): the
// same seed gives the same bytes on every machine, and ids carry times of the stream's own, a millisecond apart, so
// that they are the same whenever they are made. A reproducible stream is for tests only; keys made from it are
// guessable.
class SystemRandom : public Random {
 public:
  // 2000-01-01T00:00:00Z: before any id that was made with the time of day.
  static constexpr Time kFirstSeededId = 946'684'800'000;

  void fill(std::span<std::uint8_t> bytes) override;
  [[nodiscard]] Time id_time(Time now) override;

  // `first_id` is the time of the first id; another one gives another stream too, so that nothing made after a second
  // seeding is equal to what was made after the first.
  void seed(std::uint64_t seed, Time first_id = kFirstSeededId);
  // Back to the operating system's generator.
  void release();

 private:
  void refill();  // with mutex_ held

  std::mutex mutex_;
  bool seeded_ = false;  // guarded by mutex_, like all below
  std::uint64_t seed_ = 0;
  std::uint64_t stream_ = 0;  // which of the seed's streams
  std::uint64_t block_ = 0;   // number of the next block of the reproducible stream
  Time next_id_ = 0;          // the time of its next id
  std::array<std::uint8_t, 4096> buffer_;
  std::size_t left_ = 0;  // bytes of buffer_ not handed out yet
};

}  // namespace core
