#include "core/random.h"

#include <algorithm>
#include <array>
#include <set>
#include <thread>
#include <vector>

#include "core/crypto.h"
#include "support/catch.h"

namespace {

std::string drawn(core::Random& random, std::size_t size) {
  std::string bytes(size, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

}  // namespace

TEST_CASE("the same seed gives the same stream, however it is drawn", "[core][random]") {
  core::SystemRandom one;
  core::SystemRandom two;
  one.seed(42);
  two.seed(42);
  const std::string whole = drawn(one, 10'000);
  std::string parts;
  for (std::size_t size = 1; parts.size() < 10'000; size = size * 2 % 997 + 1) {
    parts += drawn(two, std::min(size, 10'000 - parts.size()));
  }
  CHECK(whole == parts);

  two.seed(43);
  CHECK(drawn(two, 32) != whole.substr(0, 32));
  two.seed(42);
  CHECK(drawn(two, 32) == whole.substr(0, 32));

  // The same on every machine: SHA-256 of seed, block and stream, eight bytes each, lowest first.
  const std::string first_block("\x2a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24);
  CHECK(whole.substr(0, 32) == core::text_of(core::sha256(first_block)));
}

TEST_CASE("without a seed no two streams are alike", "[core][random]") {
  core::SystemRandom one;
  core::SystemRandom two;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    CHECK(seen.insert(drawn(one, 16)).second);
    CHECK(seen.insert(drawn(two, 16)).second);
  }
}

TEST_CASE("numbers lie below their bound, evenly", "[core][random]") {
  core::SystemRandom random;
  random.seed(1);
  CHECK(random.number(1) == 0);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60'000; ++i) ++counts.at(random.number(6));
  for (const int count : counts) {
    CHECK(count > 9500);
    CHECK(count < 10'500);
  }
  constexpr std::uint64_t kHuge = (1ULL << 63) + 1;  // nearly half of all draws are drawn again
  for (int i = 0; i < 1000; ++i) CHECK(random.number(kHuge) < kHuge);
}

TEST_CASE("texts use their alphabet, evenly", "[core][random]") {
  core::SystemRandom random;
  random.seed(2);
  CHECK(random.text(0, "ab").empty());
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::string text = random.text(62'000, kAlphabet);
  CHECK(text.size() == 62'000);
  for (const char c : kAlphabet) {
    const auto count = std::count(text.begin(), text.end(), c);
    CHECK(count > 850);
    CHECK(count < 1150);
  }
}

TEST_CASE("threads never draw the same bytes", "[core][random][threads]") {
  core::SystemRandom random;
  std::vector<std::vector<std::string>> drawn_by(4);
  std::vector<std::thread> threads;
  for (auto& mine : drawn_by) {
    threads.emplace_back([&mine, &random] {
      for (int i = 0; i < 2000; ++i) mine.push_back(drawn(random, 16));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> seen;
  for (const auto& mine : drawn_by) seen.insert(mine.begin(), mine.end());
  CHECK(seen.size() == 8000);
}
