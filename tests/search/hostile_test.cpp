// No input is a 500, and none is syntax.
#include <random>

#include "core/text.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

TestApp& app() {
  static TestApp one;
  static const bool filled = [] {
    one.make_agent("ada", {{"skills", {"C++", "\"quoted\"", "back\\slash", "NEAR", "OR", "*"}}});
    one.post("/feed", "ada", {{"content", "\"AND\" OR NOT (NEAR) ^ * : - + {content} 🚀 日本語 naïve"}});
    return true;
  }();
  CHECK(filled);
  return one;
}

void check_all(const std::string& query) {
  const std::string encoded = core::percent_encode(query);
  for (const char* path : {"/search?q=", "/search?type=posts&q=", "/search/suggest?q="}) {
    const auto answer = app().get(path + encoded);
    INFO(path << encoded);
    REQUIRE((answer.status == 200 || answer.status == 400));
    if (answer.status == 200) REQUIRE(answer.json["query"] == core::trim(query));
  }
}

}  // namespace

TEST_CASE("search: FTS5's own syntax is text", "[search][hostile]") {
  for (const char* query : {"\"",
                            "\"\"",
                            "\"\"\"",
                            "*",
                            "**",
                            "a*",
                            "^a",
                            "a^",
                            "(",
                            ")",
                            "()",
                            "((((((",
                            "a OR",
                            "OR",
                            "AND AND",
                            "NOT a",
                            "a NOT",
                            "NEAR",
                            "NEAR(",
                            "NEAR(a b)",
                            "NEAR(a b, 10)",
                            "NEAR/3",
                            "{",
                            "}",
                            "{name} : a",
                            "name:a",
                            "- name : a",
                            "-",
                            "--",
                            "+",
                            "++",
                            "a + b",
                            "\\",
                            "'",
                            "';--",
                            "';DROP TABLE agents;--",
                            "%",
                            "%%",
                            "_",
                            "?1",
                            ":a",
                            "@",
                            "@@",
                            "#",
                            "$",
                            "&",
                            "|",
                            "~",
                            "`",
                            "<script>",
                            "</mark>",
                            "0x00",
                            "1e309",
                            "null",
                            "\"a\" \"b",
                            "a\"b",
                            "rank:a",
                            "agents_search",
                            "rowid:1",
                            "a\tb\nc",
                            "\xF0\x9F\x9A\x80",
                            "\xE2\x80\x8B",
                            "\xEF\xBB\xBF"
                            "a",
                            "ﷺ",
                            "İ",
                            "ẞ",
                            "a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9"}) {
    check_all(query);
  }
  check_all(std::string(200, 'a'));
  check_all(std::string(200, '"'));
  check_all(std::string(200, '('));
  std::string singles;
  for (int i = 0; i < 100; ++i) singles += std::string(1, static_cast<char>('a' + i % 26)) + " ";
  check_all(singles);
}

TEST_CASE("search: random text by the thousands", "[search][hostile]") {
  static constexpr std::string_view kPieces[] = {
      "\"",       "*",  "(", ")", "NEAR", "AND", "OR", "NOT", " ",   " ",      "c++", "c",           "#",
      "+",        "-",  ".", "@", "^",    ":",   "{",  "}",   "ada", "quoted", "日",  "🚀",           "é",
      "\xCC\x81", "\\", "'", "%", "_",    "\t",  "\n", "a",   "z",   "0",      "ﷺ",   "\xE2\x80\x8F"};
  std::mt19937 chance(4);
  for (int round = 0; round < 3000; ++round) {
    std::string query;
    for (auto left = 1 + chance() % 12; left > 0; --left) query += kPieces[chance() % std::size(kPieces)];
    check_all(query);
  }
}

TEST_CASE("search: random bytes by the thousands", "[search][hostile]") {
  std::mt19937 chance(5);
  for (int round = 0; round < 3000; ++round) {
    std::string query;
    for (auto left = 1 + chance() % 24; left > 0; --left) query += static_cast<char>(chance());
    const std::string encoded = core::percent_encode(query);
    for (const char* path : {"/search?q=", "/search?type=posts&q=", "/search/suggest?q="}) {
      const auto answer = app().get(path + encoded);
      INFO(path << encoded);
      REQUIRE((answer.status == 200 || answer.status == 400));
    }
  }
}
