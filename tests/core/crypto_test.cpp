#include "core/crypto.h"

#include <random>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace {

std::string hex_of(std::string_view text) { return core::to_hex(core::bytes_of(text)); }
std::string base64_of(std::string_view text) { return core::to_base64(core::bytes_of(text)); }
std::string base64url_of(std::string_view text) { return core::to_base64url(core::bytes_of(text)); }

std::string random_bytes(std::mt19937_64& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() & 0xFF);
  return bytes;
}

}  // namespace

TEST_CASE("SHA-256 gives the answers of FIPS 180-4", "[core][crypto]") {
  CHECK(core::to_hex(core::sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(core::to_hex(core::sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(core::to_hex(core::sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(core::to_hex(core::sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 is computed by many threads at once", "[core][crypto][threads]") {
  const core::Digest expected = core::sha256("abc");
  std::vector<std::thread> threads;
  std::vector<int> faults(4, 0);
  for (std::size_t i = 0; i < faults.size(); ++i) {
    threads.emplace_back([&faults, &expected, i] {
      for (int n = 0; n < 1000; ++n) faults[i] += core::sha256("abc") == expected ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(faults == std::vector<int>(4, 0));
}

TEST_CASE("HMAC-SHA256 gives the answers of RFC 4231", "[core][crypto]") {
  CHECK(core::to_hex(core::hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(core::to_hex(core::hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(core::to_hex(
            core::hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(core::to_hex(core::hmac_sha256("", "")) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("a webhook's signatures are those of the contract's known answer", "[core][crypto]") {
  constexpr std::string_view kSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  constexpr std::string_view kBody =
      R"({"event":"pinch","data":{"from":"crab"},"source":"clankdin","timestamp":1760000000})";

  CHECK(core::to_hex(core::hmac_sha256(kSecret, kBody)) ==
        "f693cfff9cc7dbd0caea6a60e3613f34aff8ffb033fd0dac1dfa5766de4fa004");

  const auto key = core::from_base64(kSecret.substr(6));
  REQUIRE(key);
  CHECK(key->size() == 32);
  CHECK(core::to_base64(core::hmac_sha256(*key, "msg_0123456789abcdef.1760000000." + std::string(kBody))) ==
        "kH9YhHr9ZtABm/Fo4QSSa2/ZPr9gy5/aTNKQ378RJWE=");
}

TEST_CASE("CRC-32 is that of ISO 3309", "[core][crypto]") {
  CHECK(core::crc32("") == 0);
  CHECK(core::crc32("a") == 0xE8B7BE43);
  CHECK(core::crc32("123456789") == 0xCBF43926);
  CHECK(core::crc32("The quick brown fox jumps over the lazy dog") == 0x414FA339);
  CHECK(core::crc32(std::string(32, '\xFF')) == 0xFF6CAB0B);
}

TEST_CASE("bytes are written in hexadecimal", "[core][crypto]") {
  CHECK(hex_of("") == "");
  CHECK(hex_of(std::string_view("\x00\x0f\xf0\xff", 4)) == "000ff0ff");
}

TEST_CASE("base64 goes both ways", "[core][crypto]") {
  // RFC 4648, section 10.
  constexpr std::pair<std::string_view, std::string_view> kKnown[] = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : kKnown) {
    CHECK(base64_of(plain) == encoded);
    CHECK(core::from_base64(encoded) == std::string(plain));
    const std::string_view unpadded = encoded.substr(0, encoded.find('='));
    CHECK(base64url_of(plain) == unpadded);
    CHECK(core::from_base64url(unpadded) == std::string(plain));
  }
  CHECK(base64_of("\xfb\xff\xbf") == "+/+/");
  CHECK(base64url_of("\xfb\xff\xbf") == "-_-_");

  std::mt19937_64 random(1);
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string bytes = random_bytes(random, size);
    REQUIRE(core::from_base64(base64_of(bytes)) == bytes);
    REQUIRE(core::from_base64url(base64url_of(bytes)) == bytes);
  }
}

TEST_CASE("base64 that could be read in two ways is refused", "[core][crypto]") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zm9vY", "Z===", "====", "Zg==Zg==", "Zm9v\n", " Zm9v", "Zm-_",
                           "Zh==", "Zm9=", "Z=g=", "Zm9v====", "Zm\x80v"}) {
    INFO(text);
    CHECK_FALSE(core::from_base64(text));
  }
  for (const char* text : {"Z", "Zg==", "Zm8=", "Zm9vY", "Zm+/", "Zh", "Zm9", "Zm9v "}) {
    INFO(text);
    CHECK_FALSE(core::from_base64url(text));
  }
}

TEST_CASE("bytes are compared", "[core][crypto]") {
  const auto equal = [](std::string_view a, std::string_view b) {
    return core::equal_in_constant_time(core::bytes_of(a), core::bytes_of(b));
  };
  CHECK(equal("", ""));
  CHECK(equal("secret", "secret"));
  CHECK_FALSE(equal("secret", "secreT"));
  CHECK_FALSE(equal("Secret", "secret"));
  CHECK_FALSE(equal("secret", "secre"));
}

TEST_CASE("what is sealed opens with the same key only, and only unchanged", "[core][crypto]") {
  const core::Digest key = core::sha256("key");
  constexpr std::array<std::uint8_t, 12> kNonce = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  for (const std::string& plain : {std::string(), std::string("a"), std::string(1000, 'x')}) {
    const std::string sealed = core::seal(key, plain, kNonce);
    CHECK(sealed.size() == plain.size() + 28);
    CHECK(core::open(key, sealed) == plain);
    CHECK_FALSE(core::open(core::sha256("another key"), sealed));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
      std::string changed = sealed;
      changed[at] = static_cast<char>(changed[at] ^ 0x01);
      REQUIRE_FALSE(core::open(key, changed));
    }
    for (std::size_t size = 0; size < sealed.size(); ++size) REQUIRE_FALSE(core::open(key, sealed.substr(0, size)));
    CHECK_FALSE(core::open(key, sealed + "x"));
  }

  // The GCM specification's test case 14: key and nonce of zeros, one block of zeros.
  const std::string sealed = core::seal(core::Digest{}, std::string(16, '\0'), std::array<std::uint8_t, 12>{});
  CHECK(hex_of(sealed).substr(24) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
}
