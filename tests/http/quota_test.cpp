#include "http/quota.h"

#include "support/catch.h"

using http::Bucket;
using http::Quota;
using http::Quotas;

TEST_CASE("the quotas are those of the contract", "[http][quota]") {
  const Quotas quotas = Quotas::defaults();
  CHECK(quotas[Bucket::endorse] == Quota{20, core::kHour});
  CHECK(quotas[Bucket::keyed] == Quota{1200, core::kMinute});
  CHECK(quotas[Bucket::keyless] == Quota{600, core::kMinute});
  CHECK(quotas[Bucket::registration] == Quota{60, core::kHour});
  CHECK(quotas[Bucket::post] == Quota{60, core::kHour});
  CHECK(quotas[Bucket::comment] == Quota{120, core::kHour});
  CHECK(quotas[Bucket::follow] == Quota{120, core::kHour});
  CHECK(quotas[Bucket::pinch] == Quota{600, core::kHour});

  const Quotas strict = Quotas::strict();
  CHECK(strict[Bucket::endorse] == Quota{20, core::kHour});
  CHECK(strict[Bucket::keyed] == Quota{100, core::kMinute});
  CHECK(strict[Bucket::keyless] == Quota{30, core::kMinute});
  CHECK(strict[Bucket::registration] == Quota{10, core::kHour});
  CHECK(strict[Bucket::post] == Quota{10, core::kHour});
  CHECK(strict[Bucket::comment] == Quota{30, core::kHour});
  CHECK(strict[Bucket::follow] == Quota{50, core::kHour});
  CHECK(strict[Bucket::pinch] == Quota{100, core::kHour});

  for (const Quota& quota : Quotas::off().of) CHECK(quota.count == 0);
  for (const Quota& quota : quotas.of) CHECK(quota.count > 0);
  for (const Quota& quota : strict.of) CHECK(quota.count > 0);

  CHECK(Quotas::named("default") == quotas);
  CHECK(Quotas::named("strict") == strict);
  CHECK(Quotas::named("off") == Quotas::off());
  CHECK_FALSE(Quotas::named("Default"));
  CHECK_FALSE(Quotas::named(""));
}

TEST_CASE("buckets are known by name", "[http][quota]") {
  for (std::size_t i = 0; i < http::kBuckets; ++i) {
    const auto bucket = static_cast<Bucket>(i);
    CHECK(http::bucket_from(http::name_of(bucket)) == bucket);
  }
  CHECK_FALSE(http::bucket_from("nobody"));
}

TEST_CASE("one quota is set by text", "[http][quota]") {
  Quotas quotas = Quotas::defaults();
  const auto set = [&quotas](std::string_view text) { return !quotas.set(text).has_value(); };

  CHECK(set("endorse=3/hour"));
  CHECK(quotas[Bucket::endorse] == Quota{3, core::kHour});
  CHECK(set("post=5/second"));
  CHECK(quotas[Bucket::post] == Quota{5, core::kSecond});
  CHECK(set("post=5/minute"));
  CHECK(quotas[Bucket::post] == Quota{5, core::kMinute});
  CHECK(set("post=6/min"));
  CHECK(quotas[Bucket::post] == Quota{6, core::kMinute});
  CHECK(set("failed_key=1000000000/day"));
  CHECK(quotas[Bucket::failed_key] == Quota{1'000'000'000, core::kDay});
  CHECK(set("pinch=off"));
  CHECK(quotas[Bucket::pinch].count == 0);

  const Quotas before = quotas;
  for (const char* text :
       {"", "endorse", "endorse=", "endorse=20", "endorse=/hour", "endorse=20/", "endorse=20/week", "endorse=0/hour",
        "endorse=-1/hour", "endorse=1000000001/hour", "endorse=99999999999999999999/hour", "endorse=1.5/hour",
        "endorse= 20/hour", "endorse=20/hour ", "Endorse=20/hour", "nothing=20/hour", "=20/hour",
        "endorse=20/hour/hour"}) {
    INFO(text);
    const auto wrong = quotas.set(text);
    REQUIRE(wrong);
    CHECK(wrong->ends_with("."));
    CHECK(quotas == before);
  }
  CHECK(quotas.set("nothing=20/hour")->find("keyed, keyless") != std::string::npos);
}
