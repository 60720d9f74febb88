#include "http/client_address.h"

#include <vector>

#include "support/catch.h"

namespace {

std::vector<core::IpRange> ranges(std::initializer_list<std::string_view> texts) {
  std::vector<core::IpRange> result;
  for (const std::string_view text : texts) {
    const auto range = core::parse_ip_range(text);
    REQUIRE(range);
    result.push_back(*range);
  }
  return result;
}

std::string address_of(std::string peer, std::initializer_list<std::string_view> forwarded,
                       const std::vector<core::IpRange>& trusted) {
  http::Request request;
  request.client_address = std::move(peer);
  request.headers.push_back({"Host", "localhost"});
  for (const std::string_view value : forwarded) request.headers.push_back({"X-Forwarded-For", value});
  request.headers.push_back({"Accept", "*/*"});
  return http::client_address(request, trusted);
}

}  // namespace

TEST_CASE("X-Forwarded-For counts from trusted proxies only", "[http][client_address]") {
  const auto trusted = ranges({"10.0.0.0/8", "::1"});

  CHECK(address_of("203.0.113.5", {"192.0.2.1"}, trusted) == "203.0.113.5");
  CHECK(address_of("10.0.0.1", {"192.0.2.1"}, {}) == "10.0.0.1");
  CHECK(address_of("10.0.0.1", {"192.0.2.1"}, trusted) == "192.0.2.1");
  CHECK(address_of("::ffff:10.0.0.1", {"192.0.2.1"}, trusted) == "192.0.2.1");
  CHECK(address_of("::1", {"2001:db8::7"}, trusted) == "2001:db8::7");
  CHECK(address_of("10.0.0.1", {}, trusted) == "10.0.0.1");
}

TEST_CASE("the rightmost address that is no proxy's counts", "[http][client_address]") {
  const auto trusted = ranges({"10.0.0.0/8"});

  CHECK(address_of("10.0.0.1", {"6.6.6.6, 192.0.2.1"}, trusted) == "192.0.2.1");
  CHECK(address_of("10.0.0.1", {"6.6.6.6,192.0.2.1 ,10.0.0.2,\t10.0.0.3"}, trusted) == "192.0.2.1");
  CHECK(address_of("10.0.0.1", {"6.6.6.6, 192.0.2.1", "10.0.0.2"}, trusted) == "192.0.2.1");
  CHECK(address_of("10.0.0.1", {"6.6.6.6", "192.0.2.1"}, trusted) == "192.0.2.1");
  CHECK(address_of("10.0.0.1", {"10.0.0.9, 10.0.0.2"}, trusted) == "10.0.0.9");  // all are proxies: the farthest
  CHECK(address_of("10.0.0.1", {"192.0.2.1:4711"}, trusted) == "192.0.2.1");
  CHECK(address_of("10.0.0.1", {"[2001:db8::7]:4711"}, trusted) == "2001:db8::7");
  CHECK(address_of("10.0.0.1", {"[2001:db8::7]"}, trusted) == "2001:db8::7");
}

TEST_CASE("an entry that is no address ends the list", "[http][client_address]") {
  const auto trusted = ranges({"10.0.0.0/8"});

  CHECK(address_of("10.0.0.1", {"unknown"}, trusted) == "10.0.0.1");
  CHECK(address_of("10.0.0.1", {"192.0.2.1, unknown"}, trusted) == "10.0.0.1");
  CHECK(address_of("10.0.0.1", {"192.0.2.1, unknown, 10.0.0.2"}, trusted) == "10.0.0.2");
  CHECK(address_of("10.0.0.1", {""}, trusted) == "10.0.0.1");
  CHECK(address_of("10.0.0.1", {"192.0.2.1,"}, trusted) == "10.0.0.1");
  CHECK(address_of("10.0.0.1", {"[2001:db8::7"}, trusted) == "10.0.0.1");
  CHECK(address_of("10.0.0.1", {"["}, trusted) == "10.0.0.1");
  CHECK(address_of("10.0.0.1", {"192.0.2.1\"<script>"}, trusted) == "10.0.0.1");
}
