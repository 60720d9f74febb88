// Chance as the server meets it: one Random is handed in by the composition (see design: time and chance).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

namespace core {

// All functions may be called from any thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  // Uniform in [0, below); `below` > 0.
  [[nodiscard]] std::uint64_t number(std::uint64_t below);
  // `length` characters drawn uniformly from `alphabet` (2 to 256 characters).
  [[nodiscard]] std::string text(std::size_t length, std::string_view alphabet);
};

// The operating system's generator, read in blocks. After seed() a reproducible stream instead (`/_test/seed`): the
// same seed gives the same bytes on every machine. A reproducible stream is for tests only; keys made from it are
// guessable.
class SystemRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
  void seed(std::uint64_t seed);

 private:
  void refill();  // with mutex_ held

  std::mutex mutex_;
  bool seeded_ = false;  // guarded by mutex_, like all below
  std::uint64_t seed_ = 0;
  std::uint64_t block_ = 0;  // number of the next block of the reproducible stream
  std::array<std::uint8_t, 4096> buffer_;
  std::size_t left_ = 0;  // bytes of buffer_ not handed out yet
};

}  // namespace core
