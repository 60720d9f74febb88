#include "core/words.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/text.h"
#include "support/catch.h"

namespace {

// The terms with a space between; parts in brackets.
std::string terms(std::string_view text) {
  std::string out;
  for (core::WordReader words(text); words.next();) {
    if (!out.empty()) out += ' ';
    out += words.is_part() ? "(" + std::string(words.term()) + ")" : std::string(words.term());
  }
  return out;
}

}  // namespace

TEST_CASE("words of a text", "[words]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"  \n\t ", ""},
      {"Hello, World!", "hello world"},
      {"don't", "don t"},
      {"a_b", "a_b (a) (b)"},
      {"C++", "c++"},
      {"C++, C#; F#.", "c++ c# f#"},
      {"c++17", "c++17 (c++) (17)"},
      {"a+b 1+1 10+", "a b 1 1 10"},
      {"issue #12, c#dev", "issue 12 c dev"},
      {"#rust", "rust"},
      {"Node.js", "node.js (node) (js)"},
      {".NET and ASP.NET", ".net (net) and asp.net (asp) (net)"},
      {"so...yes. And .5", "so yes and 5"},
      {"gpt-4o", "gpt-4o (gpt) (4o)"},
      {"@data-bot, hi", "@data-bot (data-bot) (data) (bot) hi"},
      {"@Ada", "@ada (ada)"},
      {"mail a@b.example", "mail a b.example (b) (example)"},
      {"https://example.com/a?b=c", "https example.com (example) (com) a b c"},
      {"-- a -- b-", "a b"},
      {"Crème Brûlée ÅNGSTRÖM", "creme brulee angstrom"},
      {"cre\xCC\x80me", "creme"},  // a combining accent
      {"Straße Œuvre Łódź", "strasse oeuvre lodz"},
      {"ΆΛΦΑ Ёлка", "αλφα елка"},
      {"日本語 テスト", "日 本 語 テ ス ト"},
      {"ship it🚀now", "ship it 🚀 now"},
      {"ＡＢＣ１", "abc1"},
      {"[\"Python\",\"C++\"]", "python c++"},
      {"a\xFF\xFE" "b", "a b"},
      {"NEAR(a b) OR \"c\"*", "near a b or c"},
  }));
  INFO(text);
  CHECK(terms(text) == expected);
}

TEST_CASE("a word's place is where it is written", "[words]") {
  const std::string text = "Über C++ und @data-bot";
  std::string found;
  for (core::WordReader words(text); words.next();) {
    found += text.substr(words.begin(), words.end() - words.begin()) + "|";
  }
  CHECK(found == "Über|C++|und|@data-bot|data-bot|data|bot|");
}

TEST_CASE("long words are cut alike everywhere", "[words]") {
  const std::string letters(500, 'x');
  core::WordReader words(letters);
  REQUIRE(words.next());
  CHECK(words.term().size() == core::kMaxWord);
  CHECK(words.end() == letters.size());
  CHECK(!words.next());
}

TEST_CASE("any bytes have words, each inside of the text", "[words]") {
  std::mt19937 chance(1);
  static constexpr std::string_view kPieces[] = {"a", "Z", "0", ".", "-", "_", "+", "#", "@", " ", "é", "日", "🚀",
                                                 "\xCC\x80", "\xFF", "\xE2\x82", "\"", "ß", "\xF0\x9F"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto left = chance() % 24; left > 0; --left) text += kPieces[chance() % std::size(kPieces)];
    std::size_t at = 0;
    for (core::WordReader words(text); words.next();) {
      REQUIRE(words.begin() < words.end());
      REQUIRE(words.end() <= text.size());
      if (!words.is_part()) REQUIRE(words.begin() >= at);
      if (!words.is_part()) at = words.end();
      REQUIRE(!words.term().empty());
      REQUIRE(core::is_utf8(words.term()));
    }
  }
}

TEST_CASE("a reader of wanted words reads what every reader does, but for unwanted words of one part", "[words]") {
  std::mt19937 chance(2);
  static constexpr std::string_view kPieces[] = {"a", "bb", "Za", "0", ".", "-", "_", "+", "#", "@", " ", " ", "é", "日",
                                                 "\xCC\x80", "\xFF", "Ａ", "ß", ", "};
  core::WordReader::Beginnings wanted;
  wanted.set('b');
  wanted.set('0');
  const auto read = [](core::WordReader words) {
    std::vector<std::string> found;
    while (words.next()) {
      const auto place = std::to_string(words.begin()) + "-" + std::to_string(words.end());
      found.push_back((words.is_part() ? "part " : "word ") + std::string(words.term()) + " " + place);
    }
    return found;
  };
  std::size_t passed_over = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto left = chance() % 24; left > 0; --left) text += kPieces[chance() % std::size(kPieces)];
    INFO(text);
    const auto all = read(core::WordReader(text));
    const auto some = read(core::WordReader(text, wanted));
    std::size_t next = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (next < some.size() && some[next] == all[i]) {
        ++next;
        continue;
      }
      // Not there: the first of its letters is not wanted, and it is no part, has none and no sign that counts.
      ++passed_over;
      REQUIRE(all[i].starts_with("word "));
      const std::string term = all[i].substr(5, all[i].rfind(' ') - 5);
      REQUIRE(term.find_first_of("b0") != 0);
      REQUIRE(term.find_first_of("+#-_") == term.npos);
      if (term[0] == '@' || term[0] == '.') ++i;  // with what stands after the sign
    }
    REQUIRE(next == some.size());
  }
  CHECK(passed_over > 10'000);
}
