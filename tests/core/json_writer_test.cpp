#include "core/json_writer.h"

#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "core/text.h"
#include "support/catch.h"

namespace {

using nlohmann::json;

std::string escaped(std::string_view text) {
  std::string out;
  core::append_json_string(out, text);
  return out;
}

// Mostly what people write, with what has to be escaped strewn in.
std::string random_text(std::mt19937_64& random) {
  std::string text;
  const std::size_t length = random() % 60;
  for (std::size_t i = 0; i < length; ++i) {
    switch (random() % 8) {
      case 0:
        core::append_utf8(text, static_cast<char32_t>(random() % 0x80));
        break;
      case 1:
        core::append_utf8(text, static_cast<char32_t>(0x80 + random() % 0x780));
        break;
      case 2:
        core::append_utf8(text, static_cast<char32_t>(0x800 + random() % 0xD000));
        break;
      case 3:
        core::append_utf8(text, static_cast<char32_t>(0x10000 + random() % 0x100000));
        break;
      case 4:
        text.push_back("\"\\/\b\f\n\r\t"[random() % 8]);
        break;
      default:
        text.push_back(static_cast<char>('a' + random() % 26));
        break;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("strings are escaped as nlohmann's writer does", "[core][json]") {
  for (int c = 0; c < 0x80; ++c) {
    const std::string text(1, static_cast<char>(c));
    CHECK(escaped(text) == json(text).dump());
    CHECK(escaped("1234567" + text + "1234567890") == json("1234567" + text + "1234567890").dump());
  }
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_text(random);
    REQUIRE(escaped(text) == json(text).dump());
  }
}

TEST_CASE("bytes that are not UTF-8 come out as replacement characters", "[core][json]") {
  CHECK(escaped("a\xFFz") == "\"a\xEF\xBF\xBDz\"");
  CHECK(escaped("\xC3") == "\"\xEF\xBF\xBD\"");
  CHECK(escaped("\xE2\x82") == "\"\xEF\xBF\xBD\"");  // one for what could still have become a character
  CHECK(escaped("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // a surrogate
  std::mt19937_64 random(8);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random_text(random);
    for (std::size_t n = random() % 4; n > 0 && !text.empty(); --n) {
      text[random() % text.size()] = static_cast<char>(random() & 0xFF);
    }
    const std::string written = escaped(text);
    INFO(json(text).dump(-1, ' ', false, json::error_handler_t::replace));
    REQUIRE(core::is_utf8(written));
    const std::string back = json::parse(written).get<std::string>();
    if (core::is_utf8(text)) REQUIRE(back == text);
  }
}

TEST_CASE("commas and nesting come out right", "[core][json]") {
  core::JsonWriter writer;
  writer.begin_object();
  writer.field("id", 7).field("name", "Data \"Bot\"").field("ok", true);
  writer.key("none").null();
  writer.key("empty").begin_array().end_array();
  writer.key("nothing").begin_object().end_object();
  writer.key("list")
      .begin_array()
      .value(1)
      .value("two")
      .begin_object()
      .field("three", 3)
      .end_object()
      .null()
      .end_array();
  writer.field("maybe", std::optional<std::string>()).field("sure", std::optional<int>(5));
  writer.time_field("created_at", 0).time_field("edited_at", std::optional<core::Time>());
  writer.raw_field("raw", "[1,2]");
  writer.end_object();
  CHECK(writer.text() == R"({"id":7,"name":"Data \"Bot\"","ok":true,"none":null,"empty":[],"nothing":{},)"
                         R"("list":[1,"two",{"three":3},null],"maybe":null,"sure":5,)"
                         R"("created_at":"1970-01-01T00:00:00.000Z","edited_at":null,"raw":[1,2]})");
  CHECK(json::accept(writer.text()));
}

TEST_CASE("numbers come out as they read back", "[core][json]") {
  const auto written = [](auto number) {
    core::JsonWriter writer;
    writer.value(number);
    return writer.take();
  };
  CHECK(written(0) == "0");
  CHECK(written(-1) == "-1");
  CHECK(written(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(written(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  CHECK(written(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(written(std::size_t{20}) == "20");
  CHECK(written(static_cast<short>(-3)) == "-3");
  CHECK(written(true) == "true");
  CHECK(written(0.1) == "0.1");
  CHECK(written(2.5F) == "2.5");
  CHECK(written(150.0) == "150");
  CHECK(written(std::numeric_limits<double>::infinity()) == "null");
  CHECK(written(std::numeric_limits<double>::quiet_NaN()) == "null");

  std::mt19937_64 random(9);
  for (int i = 0; i < 20'000; ++i) {
    const double number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    REQUIRE(json::parse(written(number)).get<double>() == number);
  }
}

TEST_CASE("ids and lists of strings are written", "[core][json]") {
  const auto id = core::parse_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  REQUIRE(id);
  core::JsonWriter writer;
  writer.value(*id);
  CHECK(writer.text() == "\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\"");

  const std::vector<std::string> texts = {"C++", "a \"b\"", ""};
  CHECK(core::json_array(texts) == R"(["C++","a \"b\"",""])");
  CHECK(core::json_array({}) == "[]");
}
