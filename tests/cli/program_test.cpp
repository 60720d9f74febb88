#include "cli/program.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "core/error.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using support::Contains;
using support::TemporaryFolder;

namespace {

// What the command under test was told.
struct Told {
  int port = 8080;
  bool memory = false;
  std::string url;
  std::string level = "info";
  double timeout = 1.5;
  std::vector<std::string> limits;
  std::vector<std::string> runs;
};
Told told;

class Probe : public cli::Command {
 public:
  void describe(cli::Options& options) override {
    options.argument("URL", told.url, "the URL of a server", "Where");
    options.integer("port", "PORT", told.port, 0, 65'535, "Port");
    options.flag("memory", told.memory, "In memory");
    options.seconds("timeout", told.timeout, "Patience");
    options.choice("log-level", "LEVEL", {"debug", "info"}, 1, "Level",
                   [](std::size_t index) { told.level = index == 0 ? "debug" : "info"; });
    options.add({.name = "rate-limit",
                 .placeholder = "NAME=COUNT/UNIT",
                 .takes = "NAME=COUNT/UNIT",
                 .repeatable = true,
                 .read = [](const std::string& value) {
                   told.limits.push_back(value);
                   return value != "bad";
                 }});
  }
  int run(const cli::Program&) override {
    told.runs.emplace_back("probe");
    return 0;
  }
};

class Failing : public cli::Command {
 public:
  void describe(cli::Options& options) override { options.text("colour", "COLOUR", colour_, "a colour", "Colour"); }
  int run(const cli::Program&) override { throw core::unavailable("the disk\nis full"); }

 private:
  std::string colour_;
};

const std::vector<cli::CommandEntry> kEntries = {
    {"probe", "Look", [] { return std::unique_ptr<cli::Command>(std::make_unique<Probe>()); }},
    {"fail", "Fail", [] { return std::unique_ptr<cli::Command>(std::make_unique<Failing>()); }},
};

struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

Outcome run(std::vector<std::string> arguments) {
  told = {};
  std::ostringstream out;
  std::ostringstream err;
  std::streambuf* const old_out = std::cout.rdbuf(out.rdbuf());
  std::streambuf* const old_err = std::cerr.rdbuf(err.rdbuf());
  const int status = cli::Program(kEntries).run(std::move(arguments));
  std::cout.rdbuf(old_out);
  std::cerr.rdbuf(old_err);
  return {status, out.str(), err.str()};
}

// An environment variable as long as this lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

std::string file(const TemporaryFolder& folder, const std::string& text) {
  const std::string path = folder.file("clankdin.toml");
  std::ofstream(path) << text;
  return path;
}

}  // namespace

TEST_CASE("options: the command line", "[cli][options]") {
  SECTION("every form of an option") {
    const Outcome outcome = run({"probe", "http://x", "--port", "0", "--memory", "--timeout=2.25", "--log-level",
                                 "debug", "--rate-limit", "a=1/s", "--rate-limit=b=2/s"});
    CHECK(outcome.err.empty());
    CHECK(outcome.status == 0);
    CHECK(told.runs.size() == 1);
    CHECK(told.url == "http://x");
    CHECK(told.port == 0);
    CHECK(told.memory);
    CHECK(told.timeout == 2.25);
    CHECK(told.level == "debug");
    CHECK(told.limits == std::vector<std::string>{"a=1/s", "b=2/s"});
  }
  SECTION("defaults stay where nothing is given") {
    CHECK(run({"probe", "x"}).status == 0);
    CHECK(told.port == 8080);
    CHECK_FALSE(told.memory);
    CHECK(told.limits.empty());
  }
  SECTION("a flag can be taken back") {
    CHECK(run({"probe", "x", "--memory=false"}).status == 0);
    CHECK_FALSE(told.memory);
  }
}

TEST_CASE("options: wrong usage is one line that names the option and what it takes, status 2", "[cli][options]") {
  using Arguments = std::vector<std::string>;
  const auto [arguments, message] = GENERATE(table<Arguments, std::string>({
      {Arguments{}, "clankdin: a command is missing; clankdin help lists them"},
      {{"prob"}, "clankdin: there is no command prob; did you mean probe?"},
      {{"sing"}, "clankdin: there is no command sing; clankdin help lists them"},
      {{"--loud"}, "clankdin: there is no option --loud"},
      {{"probe"}, "clankdin probe: URL takes the URL of a server; it is missing"},
      {{"probe", "x", "--port", "65536"}, "--port takes a whole number from 0 to 65535, not \"65536\""},
      {{"probe", "x", "--port", "-1"}, "--port takes a whole number from 0 to 65535, not \"-1\""},
      {{"probe", "x", "--port", "80a"}, "--port takes a whole number from 0 to 65535, not \"80a\""},
      {{"probe", "x", "--port", "8.5"}, "--port takes a whole number from 0 to 65535, not \"8.5\""},
      {{"probe", "x", "--port"}, "--port takes a whole number from 0 to 65535; its value is missing"},
      {{"probe", "x", "--port="}, "--port takes a whole number from 0 to 65535; its value is missing"},
      {{"probe", "x", "--port", "--memory"}, "--port takes a whole number from 0 to 65535; its value is missing"},
      {{"probe", "x", "--port", "1", "--port", "2"}, "once; it is given more than once"},
      {{"probe", "x", "--memory=maybe"}, "--memory takes true or false, not \"maybe\""},
      {{"probe", "x", "--timeout", "nan"}, "--timeout takes a number of seconds from 0 to 86400, not \"nan\""},
      {{"probe", "x", "--timeout", "-1"}, "--timeout takes a number of seconds"},
      {{"probe", "x", "--log-level", "loud"}, "--log-level takes one of debug, info, not \"loud\""},
      {{"probe", "x", "--rate-limit", "bad"}, "--rate-limit takes NAME=COUNT/UNIT, not \"bad\""},
      {{"probe", "x", "--prot", "80"}, "there is no option --prot; did you mean --port?"},
      {{"probe", "x", "--colour", "red"}, "there is no option --colour; --help lists them"},
      {{"probe", "x", "y"}, "there is no place for the argument \"y\""},
      {{"fail", "y"}, "there is no place for the argument \"y\""},
  }));
  const Outcome outcome = run(arguments);
  INFO(outcome.err);
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.err, Contains(message));
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  CHECK(outcome.out.empty());
  CHECK(told.runs.empty());
}

TEST_CASE("options: a failure at work is one line, status 1", "[cli][options]") {
  const Outcome outcome = run({"fail"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err == "clankdin fail: the disk is full\n");
}

TEST_CASE("options: the environment stands behind the command line", "[cli][options]") {
  const Variable port("CLANKDIN_PORT", "9000");
  const Variable memory("CLANKDIN_MEMORY", "1");
  const Variable limits("CLANKDIN_RATE_LIMIT", "a=1/s,b=2/s");
  const Variable level("CLANKDIN_LOG_LEVEL", "");

  CHECK(run({"probe", "x"}).status == 0);
  CHECK(told.port == 9000);
  CHECK(told.memory);
  CHECK(told.limits == std::vector<std::string>{"a=1/s", "b=2/s"});
  CHECK(told.level == "info");

  CHECK(run({"probe", "x", "--port", "1", "--rate-limit", "c=3/s"}).status == 0);
  CHECK(told.port == 1);
  CHECK(told.limits == std::vector<std::string>{"c=3/s"});

  const Variable bad("CLANKDIN_TIMEOUT", "soon");
  const Outcome outcome = run({"probe", "x"});
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.err,
             Contains("--timeout (CLANKDIN_TIMEOUT) takes a number of seconds from 0 to 86400, not \"soon\""));
}

TEST_CASE("options: the configuration file stands behind the environment", "[cli][options]") {
  const TemporaryFolder folder;
  const std::string path =
      file(folder, "port = 7000\nlog_level = \"debug\"\nrate-limit = ['a=1/s', 'b=2/s']\ncolour = 'red'\n");

  CHECK(run({"probe", "x", "--config", path}).status == 0);
  CHECK(told.port == 7000);
  CHECK(told.level == "debug");  // with an underscore, too
  CHECK(told.limits.size() == 2);

  SECTION("the environment names it and wins over it") {
    const Variable config("CLANKDIN_CONFIG", path.c_str());
    const Variable port("CLANKDIN_PORT", "9000");
    CHECK(run({"probe", "x"}).status == 0);
    CHECK(told.port == 9000);
    CHECK(told.level == "debug");
  }
  SECTION("a key that no command has is refused by name") {
    file(folder, "port = 1\nprot = 2\n");
    const Outcome outcome = run({"probe", "x", "--config", path});
    CHECK(outcome.status == 2);
    CHECK(outcome.err == "clankdin probe: " + path + ":2: there is no option with the key prot\n");
  }
  SECTION("a bad value is refused with its line") {
    file(folder, "\nport = 'eighty'\n");
    const Outcome outcome = run({"probe", "x", "--config", path});
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.err, Contains("--port (" + path + ":2) takes a whole number from 0 to 65535, not \"eighty\""));
  }
  SECTION("a file that cannot be read is refused") {
    for (const std::string& missing : {folder.file("none.toml"), folder.path()}) {
      const Outcome outcome = run({"probe", "x", "--config", missing});
      CHECK(outcome.status == 2);
      CHECK_THAT(outcome.err, Contains("--config takes the path of a TOML file; " + missing + " cannot be read"));
    }
  }
}

TEST_CASE("options: help is on standard output and names every option", "[cli][options]") {
  const Outcome outcome = run({"probe", "--help"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  for (const char* text : {"URL", "--port PORT", "8080", "--memory", "--timeout SECONDS", "--rate-limit",
                           "--config FILE", "CLANKDIN_SOME_OPTION"}) {
    CHECK_THAT(outcome.out, Contains(text));
  }
  CHECK_THAT(run({"--help"}).out, Contains("probe") && Contains("fail") && Contains("--version"));
}
