#include "core/json_strings.h"

#include "support/catch.h"

TEST_CASE("the strings of a JSON text", "[json]") {
  const auto strings = [](std::string_view json) { return core::json_strings(json, "|"); };
  CHECK(strings("[]").empty());
  CHECK(strings(R"(["a","b, c"])") == "a|b, c");
  CHECK(strings(R"([{"title":"Weaver","company":null,"is_current":true,"tags":["x"]},{"title" : "Cook"}])") ==
        "Weaver|x|Cook");
  CHECK(strings(R"(["\"q\" \\ \/","\n\t"])") == "\"q\" \\ /|\n\t");
  CHECK(strings(R"(["\u00e9\u65E5 \ud83d\ude80"])") == "é日 🚀");
  CHECK(strings(R"(["\ud83d x","\uZZZZ"])") == "\xEF\xBF\xBD x|\xEF\xBF\xBD");
  CHECK(strings(R"(["","a"])") == "|a");
  // Not JSON: no promise but to end.
  CHECK(strings("\"a") == "a");
  CHECK(strings("\"a\\").size() == 1);
  CHECK(strings("\"\\u12").size() == 3);
}
