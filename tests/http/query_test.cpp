#include "http/query.h"

#include <array>

#include "support/catch.h"

namespace {

http::Request asking(std::string name, std::string value) {
  http::Request request;
  request.arguments.emplace_back(std::move(name), std::move(value));
  return request;
}

// The sentence about the one parameter "p", or nothing where it is fine.
template <class Read>
std::string fault_of(std::string value, const Read& read) {
  const http::Request request = asking("p", std::move(value));
  http::Query query(request);
  const bool given = read(query).has_value();
  try {
    query.check();
  } catch (const core::Error& error) {
    CHECK(error.code() == core::ErrorCode::bad_request);
    REQUIRE(error.faults().size() == 1);
    CHECK(error.faults()[0].field == "p");
    CHECK(error.detail() == error.faults()[0].detail);
    CHECK_FALSE(given);
    return error.detail();
  }
  CHECK(given);
  return {};
}

constexpr std::array<std::string_view, 3> kStatuses = {"open", "filled", "closed"};
constexpr http::TextRule kShort = {.min = 2, .max = 5, .multiline = false};

}  // namespace

TEST_CASE("query parameters are read by type", "[http][query]") {
  http::Request request;
  request.arguments = {{"q", "  caf\xC3\xA9 "}, {"q", "second"},
                       {"status", "open"},      {"n", "-7"},
                       {"yes", "true"},         {"no", "0"},
                       {"since", "1770120000"}, {"empty", ""},
                       {"blank", " "},          {"until", "2026-02-03T14:00:00 02:00"}};
  http::Query query(request);
  CHECK(query.text("q", kShort) == "caf\xC3\xA9");
  CHECK(query.choice("status", kStatuses) == "open");
  CHECK(query.integer("n", -10, 10) == -7);
  CHECK(query.boolean("yes") == true);
  CHECK(query.boolean("no") == false);
  CHECK(query.time("since") == 1'770'120'000'000);
  CHECK(query.time("until") == 1'770'120'000'000);  // its plus was not encoded
  CHECK_FALSE(query.text("blank", {.min = 0, .max = 5}));

  for (const char* name : {"empty", "missing"}) {
    CHECK_FALSE(query.text(name, kShort));
    CHECK_FALSE(query.choice(name, kStatuses));
    CHECK_FALSE(query.integer(name, 1, 2));
    CHECK_FALSE(query.boolean(name));
    CHECK_FALSE(query.time(name));
  }
  CHECK_NOTHROW(query.check());
}

TEST_CASE("a bad query parameter gets a sentence with the fix", "[http][query]") {
  const auto text = [](http::Query& query) { return query.text("p", kShort); };
  CHECK(fault_of("abc", text).empty());
  CHECK(fault_of("a", text).starts_with("p must have 2 to 5 characters"));
  CHECK(fault_of("abcdef", text).starts_with("p must have 2 to 5 characters"));
  CHECK(fault_of(" ", text).starts_with("p must not be empty"));
  CHECK_FALSE(fault_of("a\nb", text).empty());
  CHECK(fault_of("a\xFF", text).starts_with("p must be valid UTF-8"));

  const auto choice = [](http::Query& query) { return query.choice("p", kStatuses); };
  CHECK(fault_of("filled", choice).empty());
  CHECK(fault_of("Filled", choice) == "p must be one of open, filled or closed.");

  const auto integer = [](http::Query& query) { return query.integer("p", 1, 100); };
  for (const char* value : {"1", "100", "007"}) CHECK(fault_of(value, integer).empty());
  for (const char* value : {"0", "101", "-1", "1.5", "abc", "+5", " 5", "5 ", "0x10", "1e2", "99999999999999999999"}) {
    INFO(value);
    CHECK(fault_of(value, integer) == "p must be a whole number from 1 to 100.");
  }

  const auto boolean = [](http::Query& query) { return query.boolean("p"); };
  for (const char* value : {"true", "false", "1", "0"}) CHECK(fault_of(value, boolean).empty());
  for (const char* value : {"yes", "TRUE", "2", " "}) CHECK(fault_of(value, boolean) == "p must be true or false.");

  const auto time = [](http::Query& query) { return query.time("p"); };
  for (const char* value : {"2026-02-03T12:00:00Z", "0", "-1", "253402300799"}) CHECK(fault_of(value, time).empty());
  for (const char* value : {"2026-02-03", "yesterday", "253402300800", "9223372036854775807", "1.5"}) {
    INFO(value);
    CHECK(fault_of(value, time).starts_with("p must be an RFC 3339 time"));
  }
}

TEST_CASE("all bad query parameters are named at once", "[http][query]") {
  http::Request request;
  request.arguments = {{"limit", "0"}, {"available", "maybe"}, {"sort", "best"}};
  http::Query query(request);
  (void)query.integer("limit", 1, 100);
  (void)query.boolean("available");
  query.fault("sort", "sort must be new.");
  try {
    query.check();
    FAIL("nothing was thrown");
  } catch (const core::Error& error) {
    REQUIRE(error.faults().size() == 3);
    CHECK(error.faults()[0].field == "limit");
    CHECK(error.faults()[1].field == "available");
    CHECK(error.faults()[2].field == "sort");
    CHECK(error.detail() ==
          "limit must be a whole number from 1 to 100. available must be true or false. sort must be new.");
  }
}
