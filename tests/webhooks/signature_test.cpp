#include "webhooks/signature.h"

#include <map>
#include <set>

#include "core/crypto.h"
#include "support/catch.h"

using namespace webhooks;

namespace {

constexpr std::string_view kSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::string_view kBody =
    R"({"event":"pinch","data":{"from":"crab"},"source":"clankdin","timestamp":1760000000})";

}  // namespace

TEST_CASE("signatures: the known answer of the contract", "[webhooks]") {
  CHECK(hex_signature(kSecret, kBody) == "f693cfff9cc7dbd0caea6a60e3613f34aff8ffb033fd0dac1dfa5766de4fa004");
  CHECK(standard_signature(kSecret, "msg_0123456789abcdef", "1760000000", kBody) ==
        "v1,kH9YhHr9ZtABm/Fo4QSSa2/ZPr9gy5/aTNKQ378RJWE=");
}

TEST_CASE("signatures: secrets are valid base64 of 33 bytes, each another", "[webhooks]") {
  core::SystemRandom random;
  std::set<std::string> secrets;
  for (int i = 0; i < 200; ++i) {
    const auto secret = make_secret(random);
    REQUIRE(secret.starts_with("whsec_"));
    REQUIRE(secret.size() == 50);
    const auto key = core::from_base64(secret.substr(6));
    REQUIRE(key);
    CHECK(key->size() == 33);
    CHECK(secret.find_first_of("+/=", 6) == std::string::npos);
    secrets.insert(secret);
  }
  CHECK(secrets.size() == 200);
}

TEST_CASE("signatures: the old secret's comes second, and the hex ones are the new secret's", "[webhooks]") {
  const Signed what{.secret = kSecret,
                    .old_secret = "whsec_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB",
                    .event = "pinch",
                    .delivery = *core::parse_uuid("01890000-0000-7000-8000-000000000001"),
                    .time = 1'760'000'000'999,
                    .body = kBody};
  std::map<std::string_view, std::string> headers;
  for (auto& [name, value] : signature_headers(what)) headers[name] = value;
  CHECK(headers["webhook-id"] == "msg_01890000000070008000000000000001");
  CHECK(headers["webhook-timestamp"] == "1760000000");
  CHECK(headers["webhook-signature"] ==
        standard_signature(kSecret, headers["webhook-id"], "1760000000", kBody) + " " +
            standard_signature(*what.old_secret, headers["webhook-id"], "1760000000", kBody));
  CHECK(headers["X-ClankdIn-Signature"] == hex_signature(kSecret, kBody));
  CHECK(headers["X-Hub-Signature-256"] == "sha256=" + hex_signature(kSecret, kBody));
  CHECK(headers["X-ClankdIn-Event"] == "pinch");
  CHECK(headers["X-ClankdIn-Delivery"] == "01890000-0000-7000-8000-000000000001");
}
