#include "html/view.h"

#include <stdexcept>

#include "support/catch.h"

using html::Arena;
using html::View;

TEST_CASE("views of JSON", "[html]") {
  Arena arena;
  SECTION("every kind of value") {
    View view = arena.read(R"( {
        "t" : "a\"\\\/\n\u00e9\ud83e\udd80", "plain": "é🦀", "quoted": "\"say \"so\"\"", "ends": "x\\",
        "n": -12, "big": 9007199254740993, "d": 1500.5, "e": 1e+05,
        "yes": true, "no": false, "nothing": null,
        "list": [1, [], {}, "x"], "o": {"p": {}} } )");
    CHECK(view["t"].text() == "a\"\\/\né🦀");
    CHECK(view["plain"].text() == "é🦀");
    CHECK(view["quoted"].text() == "\"say \"so\"\"");
    CHECK(view["ends"].text() == "x\\");
    CHECK(view["n"].integer() == -12);
    CHECK(view["big"].integer() == 9'007'199'254'740'993);
    CHECK(view["d"].text() == "1500.5");
    CHECK(view["d"].decimal() == 1500.5);
    CHECK(view["e"].decimal() == 100'000);
    CHECK(view["n"].decimal() == -12);
    CHECK(view["yes"].truth());
    CHECK((view["no"].is_bool() && !view["no"].truth()));
    CHECK((view.contains("nothing") && view["nothing"].is_null()));
    CHECK(view["list"].size() == 4);
    CHECK((++view["list"].begin())->is_list());
    CHECK(view["o"]["p"].is_object());
    CHECK(view["o"]["p"].empty());
  }
  SECTION("what is of another kind is nothing") {
    const View view = arena.read(R"({"t": "12", "n": 12})");
    CHECK(view["t"].integer() == 0);
    CHECK(view["n"].text().empty());
    CHECK(view["missing"]["deeper"].is_null());
    CHECK(!view.contains("missing"));
    CHECK(view["t"].empty());
  }
  SECTION("what is not JSON") {
    for (const char* wrong : {"", " ", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "\"a", "\"a\\", "\"a\\\"",
                              "nul", "truth", "01x", "-", "1.2.3", "{} {}", "'a'"}) {
      CAPTURE(wrong);
      CHECK_THROWS_AS(arena.read(wrong), std::invalid_argument);
    }
    CHECK_THROWS_AS(arena.read(std::string(100'000, '[')), std::invalid_argument);
  }
}

TEST_CASE("views that are written", "[html]") {
  Arena arena;
  View view = arena.object();
  {
    std::string text = "short-lived";
    view["text"] = text;
    text = "overwritten";
  }
  View& early = view["early"];
  for (int i = 0; i < 100; ++i) view["list"].add()["number"] = i;
  early = 7;
  view["yes"] = true;
  view["text too"] = "literal";
  CHECK(view["text"].text() == "short-lived");
  CHECK(view["text too"].text() == "literal");
  CHECK(view["early"].integer() == 7);
  CHECK(view["yes"].is_bool());
  int expected = 0;
  for (const View& item : view["list"]) CHECK(item["number"].integer() == expected++);
  CHECK(view["list"].size() == 100);

  SECTION("copies are other names for the same") {
    View other = view["list"];
    other.add() = "one more";
    CHECK(view["list"].size() == 101);
  }
  SECTION("what is not there is a null of one's own") {
    const View& read = view;
    View missing = read["missing"];
    missing["a"] = 1;
    CHECK(missing["a"].integer() == 1);
    CHECK(!read.contains("missing"));
  }
  SECTION("what was set can be set anew") {
    view["list"] = nullptr;
    CHECK(view["list"].empty());
    view["list"].make_list();
    CHECK(view["list"].is_list());
    CHECK(view["list"].empty());
  }
}
