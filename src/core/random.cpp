#include "core/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include "core/crypto.h"

namespace core {
namespace {

void fill_from_system(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

void put_little_endian(char* at, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) at[i] = static_cast<char>(value >> (8 * i) & 0xFF);
}

}  // namespace

std::uint64_t Random::number(std::uint64_t below) {
  // The lowest 2^64 mod below values are drawn again, so that the rest divides evenly.
  const std::uint64_t uneven = (0 - below) % below;
  std::uint64_t drawn = 0;
  do {
    std::array<std::uint8_t, 8> bytes;
    fill(bytes);
    drawn = 0;
    for (const std::uint8_t byte : bytes) drawn = drawn << 8 | byte;
  } while (drawn < uneven);
  return drawn % below;
}

std::string Random::text(std::size_t length, std::string_view alphabet) {
  const std::size_t even = 256 - 256 % alphabet.size();
  std::string out;
  out.reserve(length);
  std::array<std::uint8_t, 64> bytes;
  while (out.size() < length) {
    const auto drawn = std::span(bytes).first(std::min(bytes.size(), length - out.size()));
    fill(drawn);
    for (const std::uint8_t byte : drawn) {
      if (byte < even) out.push_back(alphabet[byte % alphabet.size()]);
    }
  }
  return out;
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
  const std::lock_guard lock(mutex_);
  while (!bytes.empty()) {
    if (left_ == 0) refill();
    const std::size_t count = std::min(left_, bytes.size());
    std::uint8_t* const from = buffer_.data() + (buffer_.size() - left_);
    std::memcpy(bytes.data(), from, count);
    std::memset(from, 0, count);  // what became a key must not be found here later
    left_ -= count;
    bytes = bytes.subspan(count);
  }
}

Time SystemRandom::id_time(Time now) {
  const std::lock_guard lock(mutex_);
  return seeded_ ? next_id_++ : now;
}

void SystemRandom::seed(std::uint64_t seed, Time first_id) {
  const std::lock_guard lock(mutex_);
  seeded_ = true;
  seed_ = seed;
  stream_ = static_cast<std::uint64_t>(first_id - kFirstSeededId);
  block_ = 0;
  next_id_ = first_id;
  left_ = 0;
}

void SystemRandom::release() {
  const std::lock_guard lock(mutex_);
  seeded_ = false;
  left_ = 0;
}

void SystemRandom::refill() {
  if (seeded_) {
    // SHA-256 in counter mode: the same on every machine.
    for (std::size_t at = 0; at < buffer_.size(); at += sizeof(Digest)) {
      char input[24];
      put_little_endian(input, seed_);
      put_little_endian(input + 8, block_++);
      put_little_endian(input + 16, stream_);
      const Digest digest = sha256({input, sizeof input});
      std::memcpy(buffer_.data() + at, digest.data(), digest.size());
    }
  } else {
    fill_from_system(buffer_);
  }
  left_ = buffer_.size();
}

}  // namespace core
