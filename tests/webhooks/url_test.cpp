#include "webhooks/url.h"

#include "support/catch.h"
#include "webhooks/address.h"

using namespace webhooks;

TEST_CASE("webhook URLs are taken apart", "[webhooks]") {
  const auto url = parse_url("HTTPS://Example.com:8443?a=b c#x");
  CHECK_FALSE(url);  // a space
  const auto plain = parse_url("http://example.com");
  REQUIRE(plain);
  CHECK_FALSE(plain->secure);
  CHECK(plain->host == "example.com");
  CHECK(plain->port == 80);
  CHECK(plain->authority == "example.com");
  CHECK(plain->target == "/");
  const auto full = parse_url("https://[::1]:8443/h\xC3\xB6ok?x=%20#end");
  REQUIRE(full);
  CHECK(full->secure);
  CHECK(full->host == "[::1]");
  CHECK(full->port == 8443);
  CHECK(full->authority == "[::1]:8443");
  CHECK(full->target == "/h%C3%B6ok?x=%20");
  CHECK(parse_url("https://example.com?x")->target == "/?x");
}

TEST_CASE("webhook URLs that may not be registered", "[webhooks]") {
  for (const auto* good :
       {"http://localhost:3000/hook", "https://example.com/a?b=c", "http://10.0.0.1", "http://[::1]/"}) {
    INFO(good);
    CHECK_FALSE(url_fault(good, false));
  }
  for (const auto* bad :
       {"", "ftp://example.com", "example.com/hook", "http://", "http:///x", "http://u:p@example.com/",
        "http://u@example.com/", "http://example.com/#f", "http://example.com#", "javascript:alert(1)",
        "http://exa mple.com", "http://example.com:0/", "http://example.com:99999/", "http://[:::]/",
        "http://[1::2::3]/", "http://[::1%25eth0]/"}) {
    INFO(bad);
    CHECK(url_fault(bad, false));
  }
  CHECK_FALSE(url_fault("http://example.com/" + std::string(kMaxUrl - 19, 'x'), false));
  CHECK(url_fault("http://example.com/" + std::string(kMaxUrl - 18, 'x'), false));
}

TEST_CASE("--webhook-block-private knows addresses in all their spellings", "[webhooks]") {
  for (const auto* host : {"127.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "0x7f.1",
                           "0177.0.0.1",
                           "017700000001",
                           "127.0.0.1.",
                           "0",
                           "0.0.0.0",
                           "10.1.2.3",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "192.168.257",
                           "169.254.169.254",
                           "0xA9FEA9FE",
                           "2852039166",
                           "100.64.0.1",
                           "224.0.0.1",
                           "255.255.255.255",
                           "198.18.0.1",
                           "localhost",
                           "LOCALHOST",
                           "localhost.",
                           "a.localhost",
                           "[::1]",
                           "[::]",
                           "[0:0:0:0:0:0:0:1]",
                           "[::ffff:127.0.0.1]",
                           "[::ffff:7f00:1]",
                           "[::127.0.0.1]",
                           "[fe80::1]",
                           "[fc00::1]",
                           "[fd12:3456::1]",
                           "[ff02::1]",
                           "[64:ff9b::10.0.0.1]",
                           "[64:ff9b::a9fe:a9fe]",
                           "[64:ff9b:1::1]",
                           "[2002:7f00:1::]",
                           "[2002:a9fe:a9fe::1]",
                           "[2001::1]",
                           "[fec0::1]",
                           "[::ffff:0:127.0.0.1]",
                           "[::8.8.8.8]",
                           "[5f00::1]",
                           "[4000::1]",
                           "[3fff::1]",
                           "[2001:db8::1]"}) {
    INFO(host);
    const auto address = literal_address(host);
    REQUIRE(address);
    CHECK(is_private(*address));
    CHECK(url_fault("http://" + std::string(host) + "/hook", true));
    CHECK(url_fault("https://" + std::string(host) + ":8080/hook", true));
  }
  for (const auto* host : {"8.8.8.8", "134744072", "0x08080808", "172.15.0.1", "172.32.0.1", "100.128.0.1", "1.1.1.1",
                           "[2606:4700::1111]", "[::ffff:8.8.8.8]", "[64:ff9b::8.8.8.8]", "[2002:808:808::1]"}) {
    INFO(host);
    const auto address = literal_address(host);
    REQUIRE(address);
    CHECK_FALSE(is_private(*address));
    CHECK_FALSE(url_fault("http://" + std::string(host) + "/hook", true));
  }
  for (const auto* host : {"example.com", "localhost.example.com", "127.0.0.1.example.com", "1.2.3.4.5"}) {
    INFO(host);
    CHECK_FALSE(literal_address(host));
  }
}
