#include "core/ip.h"

#include "support/catch.h"

namespace {

bool in_range(std::string_view range, std::string_view address) {
  const auto parsed_range = core::parse_ip_range(range);
  const auto parsed_address = core::parse_ip(address);
  REQUIRE(parsed_range);
  REQUIRE(parsed_address);
  return parsed_range->contains(*parsed_address);
}

}  // namespace

TEST_CASE("addresses are read in their forms", "[core][ip]") {
  CHECK(core::parse_ip("127.0.0.1")->is_v4());
  CHECK(core::parse_ip("::ffff:127.0.0.1") == core::parse_ip("127.0.0.1"));
  CHECK(core::parse_ip("::FFFF:7f00:1") == core::parse_ip("127.0.0.1"));
  CHECK_FALSE(core::parse_ip("::1")->is_v4());
  CHECK_FALSE(core::parse_ip("::127.0.0.1")->is_v4());
  CHECK(core::parse_ip("2001:db8::1") == core::parse_ip("2001:0DB8:0:0:0:0:0:1"));
  for (const char* text : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "0x7f.0.0.1",
                           ":::", "2001:db8::1::2", "fe80::1%eth0", "[::1]", "1.2.3.4:80", "localhost", "12345::"}) {
    INFO(text);
    CHECK_FALSE(core::parse_ip(text));
  }
  CHECK_FALSE(core::parse_ip(std::string_view("1.2.3.4\0", 8)));
}

TEST_CASE("ranges contain what lies in them", "[core][ip]") {
  CHECK(in_range("10.0.0.0/8", "10.255.255.255"));
  CHECK_FALSE(in_range("10.0.0.0/8", "11.0.0.0"));
  CHECK(in_range("10.1.2.3/8", "10.9.9.9"));
  CHECK(in_range("172.16.0.0/12", "172.31.255.255"));
  CHECK_FALSE(in_range("172.16.0.0/12", "172.32.0.0"));
  CHECK(in_range("192.0.2.7", "192.0.2.7"));
  CHECK_FALSE(in_range("192.0.2.7", "192.0.2.8"));
  CHECK(in_range("192.0.2.7/32", "::ffff:192.0.2.7"));
  CHECK(in_range("0.0.0.0/0", "203.0.113.9"));
  CHECK_FALSE(in_range("0.0.0.0/0", "2001:db8::1"));
  CHECK(in_range("::/0", "203.0.113.9"));
  CHECK(in_range("fd00::/8", "fdff::1"));
  CHECK_FALSE(in_range("fd00::/8", "fe00::1"));
  CHECK(in_range("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(in_range("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(in_range("::ffff:10.0.0.0/104", "10.1.1.1"));
}

TEST_CASE("what is no range is refused", "[core][ip]") {
  for (const char* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ",
                           "10.0.0.0/8/8", "::/129", "10.0.0/8", "example.com/8", "10.0.0.0/0x8"}) {
    INFO(text);
    CHECK_FALSE(core::parse_ip_range(text));
  }
}
