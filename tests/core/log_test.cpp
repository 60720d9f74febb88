#include "core/log.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/clock.h"
#include "support/catch.h"

namespace {

// What `write` logs with `options`: standard error goes into a pipe meanwhile.
template <class Write>
std::string logged(core::LogOptions options, const Write& write) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const int real = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  core::set_log(options);
  write();
  core::set_log({.level = core::LogLevel::off});
  ::dup2(real, STDERR_FILENO);
  ::close(real);
  ::close(ends[1]);
  std::string text(65536, '\0');
  const ssize_t size = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

}  // namespace

TEST_CASE("keys and secrets are taken out of what is logged", "[core][log]") {
  CHECK(core::scrub("") == "");
  CHECK(core::scrub("GET /feed by databot") == "GET /feed by databot");
  CHECK(core::scrub("key clnk_0123456789abcdefABCDEF end") == "key clnk_*** end");
  CHECK(core::scrub("clnk_abc,clnk_def") == "clnk_***,clnk_***");
  CHECK(core::scrub("xclnk_abc") == "xclnk_***");
  CHECK(core::scrub("secret=whsec_AAEC+/w==&next") == "secret=whsec_***&next");
  CHECK(core::scrub("Authorization: Bearer abc.def-ghi~+/==") == "Authorization: Bearer ***");
  CHECK(core::scrub("authorization: bearer   something else") == "authorization: bearer   *** else");
  CHECK(core::scrub("Basic dXNlcjpwYXNz\r\nHost: a") == "Basic ***\r\nHost: a");
  CHECK(core::scrub("Bearer clnk_abc") == "Bearer ***");
  CHECK(core::scrub("/x?key=clnk%5Fabcdef&a=b") == "/x?key=clnk%5F***&a=b");
  CHECK(core::scrub("CLNK_ABC") == "CLNK_***");
  CHECK(core::scrub("keys begin with clnk_") == "keys begin with clnk_");
}

TEST_CASE("the log has one line a call", "[core][log]") {
  SECTION("as text") {
    const std::string text = logged({.level = core::LogLevel::info}, [] {
      core::log(core::LogLevel::debug, "not this");
      core::log(core::LogLevel::warn, "disk is full",
                {{"path", "/tmp/a b"}, {"code", "13"}, {"empty", ""}, {"evil", "a\nINFO forged"}, {"key", "clnk_abc"}});
    });
    REQUIRE(text.size() > 25);
    CHECK(core::parse_time(text.substr(0, 24)));
    CHECK(text.substr(24) ==
          " warn disk is full path=\"/tmp/a b\" code=13 empty=\"\" evil=\"a\\nINFO forged\" key=clnk_***\n");
  }
  SECTION("as JSON") {
    const std::string text = logged({.level = core::LogLevel::debug, .format = core::LogFormat::json}, [] {
      core::log(core::LogLevel::debug, "two\nlines", {{"header", "Bearer abc"}});
    });
    REQUIRE(text.ends_with("}\n"));
    const auto line = nlohmann::json::parse(text);
    CHECK(core::parse_time(line.at("time").get<std::string>()));
    CHECK(line.at("level") == "debug");
    CHECK(line.at("message") == "two\nlines");
    CHECK(line.at("header") == "Bearer ***");
  }
  SECTION("a message never breaks its line") {
    const std::string text = logged({}, [] { core::log(core::LogLevel::error, "a\nb\x1B[31m"); });
    CHECK(text.ends_with(" error \"a\\nb\\u001b[31m\"\n"));
  }
  SECTION("off") {
    const std::string text =
        logged({.level = core::LogLevel::off}, [] { core::log(core::LogLevel::error, "nothing"); });
    CHECK(text.empty());
  }
}
