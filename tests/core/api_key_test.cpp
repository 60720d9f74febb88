#include "core/api_key.h"

#include <set>

#include "core/crypto.h"
#include "support/catch.h"

TEST_CASE("a new key has the form that scanners know", "[core][api_key]") {
  core::SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string key = core::make_key(random);
    REQUIRE(key.size() == 41);
    REQUIRE(key.starts_with("clnk_"));
    REQUIRE(key.find_first_not_of(core::kBase62, 5) == std::string::npos);
    REQUIRE(core::is_well_formed_key(key));
    REQUIRE(seen.insert(key).second);

    // The last six are the base62 number of the CRC-32 of the thirty before them.
    std::uint64_t number = 0;
    for (const char c : key.substr(35)) number = number * 62 + core::kBase62.find(c);
    REQUIRE(number == core::crc32(key.substr(5, 30)));
  }
}

TEST_CASE("known keys", "[core][api_key]") {
  // Check sums computed with zlib's crc32.
  CHECK(core::is_well_formed_key("clnk_" + std::string(30, '0') + "2C8GjS"));
  CHECK(core::is_well_formed_key("clnk_0123456789ABCDEFGHIJKLMNOPQRST4PMbyp"));
  CHECK(core::is_well_formed_key("clnk_000000000000000000000000000001010Ohw"));  // padded with a zero
}

TEST_CASE("a mistyped key is seen at once", "[core][api_key]") {
  core::SystemRandom random;
  random.seed(5);
  const std::string key = core::make_key(random);
  for (std::size_t at = 0; at < key.size(); ++at) {
    std::string changed = key;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    INFO(changed);
    CHECK_FALSE(core::is_well_formed_key(changed));
    if (at > 0 && key[at] != key[at - 1]) {
      std::string swapped = key;
      std::swap(swapped[at], swapped[at - 1]);
      CHECK_FALSE(core::is_well_formed_key(swapped));
    }
  }
  CHECK_FALSE(core::is_well_formed_key(""));
  CHECK_FALSE(core::is_well_formed_key("clnk_"));
  CHECK_FALSE(core::is_well_formed_key(key.substr(0, 40)));
  CHECK_FALSE(core::is_well_formed_key(key + "0"));
  CHECK_FALSE(core::is_well_formed_key(" " + key.substr(1)));
  CHECK_FALSE(core::is_well_formed_key("CLNK_" + key.substr(5)));
}
