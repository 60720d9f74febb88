#include "cli/toml.h"

#include "cli/usage_error.h"
#include "support/catch.h"

using support::Contains;
using cli::read_toml;

TEST_CASE("TOML: keys and values of every kind", "[cli][toml]") {
  const auto entries = read_toml(
      "# comment\r\n"
      "port = 8_080   # behind a value\n"
      "\n"
      "memory=true\n"
      "db = 'C:\\data # no comment'\n"
      "\"public-url\" = \"http://a\\tb\\\"c\"\n"
      "rate-limit = [ 'post=5/hour', # first\n"
      "  \"endorse=20/hour\",\n"
      "]\n"
      "timeout = -1.5e+3",
      "f.toml");

  REQUIRE(entries.size() == 6);
  CHECK(entries[0].key == "port");
  CHECK(entries[0].values == std::vector<std::string>{"8080"});
  CHECK(entries[0].line == 2);
  CHECK(entries[1].values == std::vector<std::string>{"true"});
  CHECK(entries[2].values == std::vector<std::string>{"C:\\data # no comment"});
  CHECK(entries[3].key == "public-url");
  CHECK(entries[3].values == std::vector<std::string>{"http://a\tb\"c"});
  CHECK(entries[4].values == std::vector<std::string>{"post=5/hour", "endorse=20/hour"});
  CHECK(entries[5].values == std::vector<std::string>{"-1.5e+3"});
  CHECK(entries[5].line == 10);
  CHECK(read_toml("", "f.toml").empty());
  CHECK(read_toml("a = []", "f.toml")[0].values.empty());
}

TEST_CASE("TOML: what is wrong is named with file and line", "[cli][toml]") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"a = 1\nport 8080", "f.toml:2: expected \"=\" after the key port"},
      {"= 1", "f.toml:1: expected a line of the form key = value"},
      {"port =", "f.toml:1: expected a value"},
      {"host = localhost", "f.toml:1: expected a value"},
      {"a = 1 2", "f.toml:1: expected the end of the line"},
      {"a = \"b", "f.toml:1: the text in quotes has no end"},
      {"a = \"b\nc\"", "f.toml:1: the text in quotes has no end"},
      {"a = \"\\q\"", "f.toml:1: unknown escape"},
      {"a = \"\\", "f.toml:1: unknown escape"},
      {"a = \"\"\"b\"\"\"", "f.toml:1: multi-line strings"},
      {"\n[serve]\nport = 1", "f.toml:2: tables"},
      {"serve.port = 1", "f.toml:1: dotted keys"},
      {"a = [1,\n2", "f.toml:1: the array that begins here has no end"},
      {"a = [1 2]", "f.toml:1: expected \",\" or \"]\""},
      {"a = [[1]]", "f.toml:1: expected a value"},
      {"a = 1\n\na = 2", "f.toml:3: the key a is there twice"},
      {"a = 1979-05-27", "f.toml:1: expected a value"},
  }));
  INFO(text);
  CHECK_THROWS_WITH(read_toml(text, "f.toml"), Contains(message));
  CHECK_THROWS_AS(read_toml(text, "f.toml"), cli::UsageError);
}
