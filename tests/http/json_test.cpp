// The classes of input that JSON parsers disagree about (after RFC 8259 and the ideas of "Parsing JSON is a
// minefield"): what must be refused is refused with a 400, what must be accepted parses, the rest never crashes.
#include <array>
#include <string>
#include <vector>

#include "core/error.h"
#include "http/body.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

bool parses(std::string_view text) {
  try {
    (void)http::parse_json_value(text);
    return true;
  } catch (const core::Error& error) {
    CHECK(error.code() == core::ErrorCode::bad_request);
    return false;
  }
}

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

std::string with_byte(std::string_view before, char byte, std::string_view after) {
  std::string text(before);
  text += byte;
  text += after;
  return text;
}

}  // namespace

TEST_CASE("JSON that must be accepted", "[http][json]") {
  const std::vector<std::string> texts = {"[]",
                                          "{}",
                                          " [] ",
                                          "[null, true, false]",
                                          "[[]   ]",
                                          "[\"\"]",
                                          "\"\"",
                                          "\" \"",
                                          "42",
                                          "-0",
                                          "[-0]",
                                          "[123]",
                                          "[-123]",
                                          "[123e65]",
                                          "[0e+1]",
                                          "[0e1]",
                                          "[ 4]",
                                          "[-0.000000000000000000000000000000001]",
                                          "[20e1]",
                                          "[1E22]",
                                          "[1E-2]",
                                          "[1E+2]",
                                          "[123e45]",
                                          "[123.456e78]",
                                          "[1e-2]",
                                          "[1e+2]",
                                          "[123.456789]",
                                          "{\"a\":[]}",
                                          "{\"a\":\"b\",\"a\":\"c\"}",
                                          "{\"\":0}",
                                          "{\"foo\\u0000bar\": 42}",
                                          "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }",
                                          "{\n\"a\": \"b\"\n}",
                                          "[\"\\u0060\\u012a\\u12AB\"]",
                                          "[\"\\uD801\\udc37\"]",
                                          "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]",
                                          "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
                                          "[\"\\\\u0000\"]",
                                          "[\"\\\"\"]",
                                          "[\"a/*b*/c/*d//e\"]",
                                          "[\"\\\\a\"]",
                                          "[\"\\u0012\"]",
                                          "[\"\\uFFFF\"]",
                                          "[\"asd\"]",
                                          "[ \"asd\"]",
                                          "[\"\\u0821\"]",
                                          "[\"\\u0000\"]",
                                          "[\"π\"]",
                                          "[\"asd \"]",
                                          "[\"\\uD834\\uDd1e\"]",
                                          "[\"\xe2\x80\xa8\"]",
                                          "[\"\xe2\x80\xa9\"]",
                                          "[\"⍂㈴⍂\"]",
                                          "[\"\\u005C\"]",
                                          "[\"\x7f\"]",
                                          "[\"\\u200B\"]",
                                          "[\"\xf4\x8f\xbf\xbf\"]",
                                          "[\"\xef\xbf\xbf\"]",
                                          "[\"aa\\u0061\"]",
                                          "\t[]\r\n"};
  for (const auto& text : texts) {
    INFO(text);
    CHECK(parses(text));
  }
}

TEST_CASE("JSON that must be refused", "[http][json]") {
  std::vector<std::string> texts = {"[1 true]",
                                    "[\"\": 1]",
                                    "[\"\"],",
                                    "[,1]",
                                    "[1,,2]",
                                    "[\"x\",,]",
                                    "[\"x\"]]",
                                    "[\"\",]",
                                    "[\"x\"",
                                    "[x",
                                    "[3[4]]",
                                    "[1:2]",
                                    "[,]",
                                    "[-]",
                                    "[   , \"\"]",
                                    "[\"a\",\n4\n,1,",
                                    "[1,]",
                                    "[1,,]",
                                    "[*]",
                                    "[\"\"",
                                    "[1,",
                                    "[{}",
                                    "[fals]",
                                    "[nul]",
                                    "[tru]",
                                    "[+1]",
                                    "[++1234]",
                                    "[+Inf]",
                                    "[-01]",
                                    "[-1.0.]",
                                    "[-2.]",
                                    "[-NaN]",
                                    "[.-1]",
                                    "[.2e-3]",
                                    "[0.1.2]",
                                    "[0.3e+]",
                                    "[0.3e]",
                                    "[0.e1]",
                                    "[0E+]",
                                    "[0E]",
                                    "[0e+]",
                                    "[0e]",
                                    "[1.0e+]",
                                    "[1.0e-]",
                                    "[1.0e]",
                                    "[1 000.0]",
                                    "[1eE2]",
                                    "[2.e+3]",
                                    "[2.e-3]",
                                    "[2.e3]",
                                    "[9.e+]",
                                    "[Inf]",
                                    "[NaN]",
                                    "[Infinity]",
                                    "[-Infinity]",
                                    "[0x1]",
                                    "[0x42]",
                                    "[1+2]",
                                    "[-012]",
                                    "[-foo]",
                                    "[-.123]",
                                    "[1.]",
                                    "[.123]",
                                    "[1.2a-3]",
                                    "[012]",
                                    "{\"x\": true,",
                                    "{[: \"x\"}",
                                    "{\"x\", null}",
                                    "{\"x\"::\"b\"}",
                                    "{\"a\":\"a\" 123}",
                                    "{key: 'value'}",
                                    "{\"a\" b}",
                                    "{:\"b\"}",
                                    "{\"a\" \"b\"}",
                                    "{\"a\":",
                                    "{\"a\"",
                                    "{1:1}",
                                    "{9999E9999:1}",
                                    "{null:null,null:null}",
                                    "{\"id\":0,,,,,}",
                                    "{'a':0}",
                                    "{\"id\":0,}",
                                    "{\"a\":\"b\"}/**/",
                                    "{\"a\":\"b\"}//",
                                    "{\"a\":\"b\",,\"c\":\"d\"}",
                                    "{a: \"b\"}",
                                    "{\"a\":\"a",
                                    " ",
                                    "[\"\\uD800\\\"]",
                                    "[\"\\uD800\\u\"]",
                                    "[\"\\uD800\\u1\"]",
                                    "[\"\\uD800\\u1x\"]",
                                    "[\"\\x00\"]",
                                    "[\"\\\\\\\"]",
                                    "[\"\\\"]",
                                    "[\"\\u00A\"]",
                                    "[\"\\uD834\\uDd\"]",
                                    "[\"\\uD800\\uD800\\x\"]",
                                    "[\"\\a\"]",
                                    "[\"\\uqqqq\"]",
                                    "[\\n]",
                                    "[\\u0020\"asd\"]",
                                    "[\"new\nline\"]",
                                    "abc",
                                    "[\"\t\"]",
                                    "\"\\UA66D\"",
                                    "<.>",
                                    "[<null>]",
                                    "[1]x",
                                    "[1]]",
                                    "['single quote']",
                                    "[\"asd]",
                                    "aå",
                                    "[True]",
                                    "1]",
                                    "{\"x\": true",
                                    "[][]",
                                    "]",
                                    "{]",
                                    "[",
                                    "",
                                    "{",
                                    "[\"a",
                                    "{\"a",
                                    "{}}",
                                    "{\"\":",
                                    "{\"a\":/*comment*/\"b\"}",
                                    "{\"a\": true} \"x\"",
                                    "[\"a\xc3\x28\"]",
                                    "[\"\xed\xa0\x80\"]",
                                    "[\"\xc0\xaf\"]",
                                    "[\"\xf4\xbf\xbf\xbf\"]",
                                    "[\"\xff\"]",
                                    "[\"\xe0\xff\"]",
                                    "[\"\\uDADA\"]",
                                    "[\"\\ud800\"]",
                                    "[\"\\uDd1e\\uD834\"]",
                                    "[\"\\ud800abc\"]",
                                    "\xe2\x81\xa0[]",
                                    "\xc3\xa5",
                                    "[1e9999999]",
                                    "[-1e9999999]"};
  texts.push_back(with_byte("[\"a", '\0', "a\"]"));
  texts.push_back(with_byte("[\"", '\x1f', "\"]"));
  texts.push_back(with_byte("[", '\0', "]"));
  texts.push_back(with_byte("[1]", '\0', ""));
  texts.push_back(with_byte("[", '\f', "]"));
  texts.push_back(with_byte("", '\0', ""));
  for (const auto& text : texts) {
    INFO(text);
    CHECK_FALSE(parses(text));
  }
}

TEST_CASE("JSON is bounded in depth", "[http][json]") {
  CHECK(parses(repeated("[", 64) + repeated("]", 64)));
  CHECK_FALSE(parses(repeated("[", 65) + repeated("]", 65)));
  CHECK_FALSE(parses(repeated("{\"a\":", 500'000)));
  CHECK_FALSE(parses(repeated("[", 1'000'000)));
  CHECK(parses("[\"" + repeated("[", 1000) + "\", \"\\\"" + repeated("{", 1000) + "\"]"));
}

TEST_CASE("Numbers, strings and keys of any size", "[http][json]") {
  TestApp app;
  const auto status = [&](const std::string& body) { return app.send("POST", "/feed", "ada", body).status; };
  CHECK(status("{\"content\": \"x\", \"n\": " + std::string(10'000, '1') + "}") == 400);
  CHECK(status("{\"content\": \"x\", \"n\": 123456789012345678901234567890}") == 201);
  CHECK(status("{\"content\": \"x\", \"n\": 0." + std::string(10'000, '1') + "}") == 201);
  CHECK(status("{\"content\": \"x\", \"" + std::string(100'000, 'k') + "\": 1}") == 201);
  CHECK(status("{\"content\": \"" + std::string(500'000, 'c') + "\"}") == 400);
  // The last of two fields of the same name counts, as in most parsers.
  CHECK(app.send("POST", "/feed", "ada", R"({"content": "first", "content": "second"})").json["post"]["content"] ==
        "second");
}
