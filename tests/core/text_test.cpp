#include "core/text.h"

#include <array>
#include <cstdint>

#include "support/catch.h"

TEST_CASE("UTF-8 is told from what is not", "[core][text]") {
  for (const char* text : {"", "plain", "caf\xC3\xA9", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
                           "12345678\xF0\x9F\xA6\x80"
                           "12345678"}) {
    INFO(text);
    CHECK(core::is_utf8(text));
  }
  CHECK(core::is_utf8(std::string_view("\0", 1)));
  for (const char* text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF",
                           "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\xA6", "\xFE", "\xFF",
                           "1234567\xFF"
                           "12345678"}) {
    INFO(text);
    CHECK_FALSE(core::is_utf8(text));
  }
}

TEST_CASE("every code point goes to UTF-8 and back", "[core][text]") {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    core::append_utf8(text, c);
    const core::Utf8Sequence sequence = core::utf8_sequence(text);
    if (!sequence.valid || sequence.code_point != c || sequence.length != text.size())
      FAIL("U+" << std::hex << static_cast<std::uint32_t>(c));
  }
}

TEST_CASE("text is counted and cut in code points", "[core][text]") {
  constexpr std::string_view kCrab = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\xA6\x80z";  // aé€🦀z
  CHECK(core::count_code_points("") == 0);
  CHECK(core::count_code_points(kCrab) == 5);
  CHECK(core::first_code_points(kCrab, 0) == "");
  CHECK(core::first_code_points(kCrab, 2) == "a\xC3\xA9");
  CHECK(core::first_code_points(kCrab, 4) == kCrab.substr(0, 10));
  CHECK(core::first_code_points(kCrab, 5) == kCrab);
  CHECK(core::first_code_points(kCrab, 50) == kCrab);
  CHECK(core::preview(kCrab, 5) == kCrab);
  CHECK(core::preview(kCrab, 4) == "a\xC3\xA9\xE2\x82\xAC…");
  CHECK(core::preview(kCrab, 1) == "…");
  CHECK(core::preview(kCrab, 0) == "");
  CHECK(core::preview("", 0) == "");
}

TEST_CASE("white space of all scripts is trimmed", "[core][text]") {
  CHECK(core::trim("") == "");
  CHECK(core::trim("  a b\t\r\n") == "a b");
  CHECK(core::trim("\xC2\xA0\xE3\x80\x80x\xE2\x80\xA8\xE1\x9A\x80\xC2\x85") == "x");
  CHECK(core::trim("\xE2\x80\x8Bx") == "\xE2\x80\x8Bx");  // a zero width space has no White_Space property
  CHECK(core::trim("\xC3\xA0") == "\xC3\xA0");            // its last byte alone would be a no-break space
  CHECK(core::trim("\xEF\xBB\xBFx") == "\xEF\xBB\xBFx");
  CHECK(core::is_blank(" \t\xE2\x80\x83\n"));
  CHECK_FALSE(core::is_blank(" . "));
}

TEST_CASE("control characters are found", "[core][text]") {
  for (const char* text : {"\x01", "a\x1Fz", "\x7F", "\xC2\x80", "\xC2\x9F", "\xE2\x80\xA8", "\xE2\x80\xA9",
                           "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xEF\xB7\x90", "\xF0\x9F\xBF\xBE", "\r"}) {
    INFO(text);
    CHECK(core::has_control(text, true));
    CHECK(core::has_control(text, false));
  }
  CHECK(core::has_control(std::string_view("a\0b", 3), true));
  CHECK(core::has_control("a\nb", false));
  CHECK(core::has_control("a\tb", false));
  CHECK_FALSE(core::has_control("a\nb\tc", true));
  CHECK_FALSE(core::has_control("\xC2\xA0\xE2\x80\x8D\xEF\xBF\xBD", false));
}

TEST_CASE("case folds in the scripts that have it", "[core][text]") {
  CHECK(core::fold_case("Python 3 C++") == "python 3 c++");
  CHECK(core::fold_case("ÀÖØÞŸŁĞ") == "àöøþÿłğ");
  CHECK(core::fold_case("ΑΒΓΣΩς") == "αβγσωσ");
  CHECK(core::fold_case("ЁЖЯҐӀ") == "ёжяґӏ");
  CHECK(core::fold_case("ԱՖ") == "աֆ");
  CHECK(core::fold_case("\xE2\x84\xAB") == "å");                      // the ångström sign
  CHECK(core::fold_case("\xE2\x84\xAA") == "k");                      // the kelvin sign
  CHECK(core::fold_case("\xC2\xB5") == core::fold_case("\xCE\x9C"));  // the micro sign
  CHECK(core::fold_case("ẞ") == core::fold_case("ß"));
  CHECK(core::fold_case("ＡＺ") == "ａｚ");
  CHECK(core::fold_case("ǅ") == core::fold_case("Ǆ"));
  CHECK(core::fold_case("日本語 🦀 עברית") == "日本語 🦀 עברית");
  CHECK(core::fold_case("ß÷×ĸŉ") == "ß÷×ĸŉ");
  // Folding is stable.
  for (char32_t c = 0; c < 0x11000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    core::append_utf8(text, c);
    const std::string folded = core::fold_case(text);
    if (core::fold_case(folded) != folded) FAIL("U+" << std::hex << static_cast<std::uint32_t>(c));
  }
}

TEST_CASE("ASCII is compared without case", "[core][text]") {
  CHECK(core::to_lower_ascii("DataBot Ä") == "databot Ä");
  CHECK(core::equal_ignoring_case("Content-TYPE", "content-type"));
  CHECK_FALSE(core::equal_ignoring_case("content", "content-type"));
  CHECK_FALSE(core::equal_ignoring_case("[", "{"));
  CHECK_FALSE(core::equal_ignoring_case("@", "`"));
}

TEST_CASE("percent-encoding goes both ways", "[core][text]") {
  CHECK(core::percent_decode("C%2B%2b") == "C++");
  CHECK(core::percent_decode("a+b") == "a+b");
  CHECK(core::percent_decode("a+b%2B", true) == "a b+");
  CHECK(core::percent_decode("%00%fF") == std::string("\0\xFF", 2));
  CHECK(core::percent_decode("") == "");
  for (const char* text : {"%", "%2", "a%", "%G0", "%0g", "%%20", "% 20", "%+1"}) {
    INFO(text);
    CHECK_FALSE(core::percent_decode(text));
  }
  CHECK(core::percent_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(core::percent_encode("C++ é/?") == "C%2B%2B%20%C3%A9%2F%3F");
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  CHECK(core::percent_decode(core::percent_encode(all)) == all);
}

TEST_CASE("words are listed", "[core][text]") {
  constexpr std::array<std::string_view, 3> kWords = {"open", "filled", "closed"};
  CHECK(core::any_of({}) == "");
  CHECK(core::any_of(std::span(kWords).first(1)) == "open");
  CHECK(core::any_of(std::span(kWords).first(2)) == "open or filled");
  CHECK(core::any_of(kWords) == "open, filled or closed");
}

TEST_CASE("http and https URLs are told from others", "[core][text]") {
  for (const char* text : {"http://a", "https://example.com/path?q=1#part", "HTTP://EXAMPLE.COM",
                           "http://127.0.0.1:8080/", "http://[::1]:80/x", "https://[2001:db8::1]", "http://a:/",
                           "https://bücher.example/ä", "http://localhost?x=a@b", "http://a/%zz"}) {
    INFO(text);
    CHECK(core::is_http_url(text));
  }
  for (const char* text : {"",
                           "http",
                           "http:",
                           "http:/",
                           "http://",
                           "http:///path",
                           "//example.com",
                           "example.com",
                           "ftp://example.com",
                           "javascript:alert(1)",
                           " http://a",
                           "http://a b",
                           "http://a\t",
                           "http://user@a",
                           "http://user:secret@a",
                           "http://@a",
                           "http://a:70000",
                           "http://a:8x",
                           "http://[::1",
                           "http://::1",
                           "http://[]",
                           "http://[a.b]",
                           "http://a\\b",
                           "http://good.example\\@evil.example",
                           "http://a\xC2\xA0z",
                           "http://a\x01",
                           "http://a\xFF",
                           "http://a,b",
                           "http://:80",
                           "https:\\\\a",
                           "http://a%2fb"}) {
    INFO(text);
    CHECK_FALSE(core::is_http_url(text));
  }
}
