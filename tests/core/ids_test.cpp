#include "core/ids.h"

#include <set>

#include "support/catch.h"

namespace {

class AllOnes : public core::Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = 0xFF;
  }
};

class AllZeros : public core::Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = 0;
  }
};

}  // namespace

TEST_CASE("a new id is a UUID of version 7", "[core][ids]") {
  AllOnes ones;
  AllZeros zeros;
  // The time of RFC 9562's example in appendix A.6.
  constexpr core::Time kTime = 0x017F22E279B0;
  CHECK(core::make_uuid(kTime, zeros).text() == "017f22e2-79b0-7000-8000-000000000000");
  CHECK(core::make_uuid(kTime, ones).text() == "017f22e2-79b0-7fff-bfff-ffffffffffff");
  CHECK(core::make_uuid(0, zeros).text() == "00000000-0000-7000-8000-000000000000");
  CHECK(core::make_uuid(-5, zeros).text() == "00000000-0000-7000-8000-000000000000");
}

TEST_CASE("ids of later milliseconds sort after earlier ones, and none comes twice", "[core][ids]") {
  core::SystemRandom random;
  std::set<std::string> seen;
  std::string before;
  for (core::Time time = 1'770'120'000'000; time < 1'770'120'002'000; ++time) {
    const std::string text = core::make_uuid(time, random).text();
    CHECK(before < text);
    CHECK(seen.insert(text).second);
    before = text;
  }
}

TEST_CASE("ids are read in either case", "[core][ids]") {
  const auto id = core::parse_uuid("017F22E2-79b0-7CC3-98c4-dc0c0c07398f");
  REQUIRE(id);
  CHECK(id->text() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  CHECK(id->bytes[0] == 0x01);
  CHECK(id->bytes[15] == 0x8f);
  CHECK(core::parse_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));  // another version
  CHECK(core::parse_uuid(id->text()) == id);

  CHECK(core::uuid_from_bytes(id->span()) == id);
  CHECK_FALSE(core::uuid_from_bytes(id->span().first(15)));
  CHECK_FALSE(core::uuid_from_bytes({}));
}

TEST_CASE("nothing else is an id", "[core][ids]") {
  for (const char* text : {"", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                           "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                           "017f22e2079b007cc3098c40dc0c0c07398f", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
                           " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c0739-f"}) {
    INFO(text);
    CHECK_FALSE(core::parse_uuid(text));
  }
}
