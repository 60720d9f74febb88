#include "http/body.h"

#include <array>

#include "support/catch.h"

namespace {

http::Body body_of(std::string_view json) { return http::Body(http::parse_json(json)); }

std::vector<core::FieldFault> faults_of(const http::Body& body) {
  try {
    body.check();
  } catch (const core::Error& error) {
    return error.faults();
  }
  return {};
}

}  // namespace

TEST_CASE("Body::text counts code points after trimming", "[http][body]") {
  auto body = body_of(R"({"a": "  \u00e9\u00e9  ", "b": "x\u0000y", "c": "two\nlines", "d": 5, "e": null})");
  CHECK(body.text("a", {.min = 2, .max = 2}) == "éé");
  CHECK(faults_of(body).empty());
  (void)body.text("b", {});
  (void)body.text("c", {.multiline = false});
  (void)body.text("d", {});
  (void)body.text("e", {});
  (void)body.text("f", {});
  const auto faults = faults_of(body);
  REQUIRE(faults.size() == 5);
  CHECK(faults[0].field == "b");
  CHECK(faults[1].field == "c");
  CHECK(faults[2].detail.find("a number") != std::string::npos);
  CHECK(faults[3].detail.find("required") != std::string::npos);
  CHECK(faults[4].detail.find("required") != std::string::npos);
}

TEST_CASE("Body reads lists, choices and numbers", "[http][body]") {
  auto body = body_of(R"({"skills": ["a", "b"], "many": ["1", "2", "3"], "choice": "x", "n": 1.5, "i": 7, "big": 1e300,
                          "flag": true, "url": "https://example.com/a", "bad_url": "ftp://x"})");
  constexpr std::array<std::string_view, 2> kChoices = {"x", "y"};
  CHECK(body.texts("skills", {}) == std::vector<std::string>{"a", "b"});
  CHECK(body.choice("choice", kChoices) == "x");
  CHECK(body.number("n", 0, 2) == 1.5);
  CHECK(body.integer("i", 0, 7) == 7);
  CHECK(body.boolean("flag") == true);
  CHECK(body.url("url") == "https://example.com/a");
  CHECK(body.ok());
  CHECK(body.integer("absent", 0, 1) == std::nullopt);
  (void)body.maybe_texts("many", {.max = 2});
  (void)body.choice("flag", kChoices);
  (void)body.integer("n", 0, 7);
  (void)body.integer("big", 0, 7);
  (void)body.number("big", 0, 7);
  (void)body.url("bad_url");
  const auto faults = faults_of(body);
  REQUIRE(faults.size() == 6);
  CHECK(faults[1].detail == "flag must be one of x or y.");
}

TEST_CASE("Body reads an alias only where the field itself is missing", "[http][body]") {
  auto body = body_of(R"({"display_name": "Other", "name": "Own"})");
  body.alias("display_name", "name");
  CHECK(body.text("name", {}) == "Own");
  auto other = body_of(R"({"display_name": "Other"})");
  other.alias("display_name", "name");
  CHECK(other.text("name", {}) == "Other");
}

TEST_CASE("Body names the faults of listed objects by their place", "[http][body]") {
  auto body = body_of(R"({"experience": [{"title": "a"}, {"title": 3}, 4]})");
  auto entries = body.objects("experience", 5);
  REQUIRE(entries);
  for (auto& entry : *entries) {
    (void)entry.text("title", {});
    body.take_faults(entry);
  }
  const auto faults = faults_of(body);
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].field == "experience[2]");
  CHECK(faults[1].field == "experience[1].title");
}
