// `clankdin exec`: a throwaway server around a command.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "support/catch.h"
#include "support/child_process.h"
#include "support/wire.h"

using namespace std::chrono_literals;
using support::ChildProcess;
using support::Contains;
using support::run_clankdin;
using support::TemporaryFolder;

namespace {

support::Finished exec(std::vector<std::string> options, const std::string& script,
                       std::map<std::string, std::string> environment = {}) {
  options.insert(options.begin(), "exec");
  options.insert(options.end(), {"--", "sh", "-c", script});
  return run_clankdin(std::move(options), std::move(environment));
}

// What a child writes to a file, once its line is whole; nothing after a while.
std::string wait_for_file(const std::string& path) {
  for (int i = 0; i < 2000; ++i) {
    if (const auto text = support::read_file(path); text.ends_with('\n')) return text;
    std::this_thread::sleep_for(5ms);
  }
  return {};
}

}  // namespace

TEST_CASE("exec: the command's output and exit status are ours", "[process][exec]") {
  const auto finished = exec({}, "echo out; echo err >&2; exit 7");
  CHECK(finished.status == 7);
  CHECK(finished.out == "out\n");
  CHECK(finished.err == "err\n");
  CHECK(exec({}, "true").status == 0);
  CHECK(exec({}, "kill -KILL $$").status == 128 + SIGKILL);
  CHECK(run_clankdin({"exec", "--", "printf", "%s|", "a b", "--", "--port", "c"}).out == "a b|--|--port|c|");
}

TEST_CASE("exec: a command that cannot be run", "[process][exec]") {
  const TemporaryFolder folder;
  const auto missing = run_clankdin({"exec", "--", "no-such-command-here"});
  CHECK(missing.status == 127);
  CHECK_THAT(missing.err, Contains("no-such-command-here"));
  CHECK(std::count(missing.err.begin(), missing.err.end(), '\n') == 1);
  std::ofstream(folder.file("plain")) << "text";
  CHECK(run_clankdin({"exec", "--", folder.file("plain")}).status == 126);
}

TEST_CASE("exec: wrong usage", "[process][exec]") {
  const auto refused = [](std::vector<std::string> arguments, const std::string& named) {
    arguments.insert(arguments.begin(), "exec");
    const auto finished = run_clankdin(std::move(arguments));
    INFO(finished.err);
    CHECK(finished.status == 2);
    CHECK_THAT(finished.err, Contains(named));
    CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
    CHECK(finished.out.empty());
  };
  refused({}, "the command is missing");
  refused({"--"}, "the command is missing");
  refused({"npm", "test"}, "behind --");
  refused({"--colour", "--", "true"}, "--colour");
  refused({"--agent", "x", "--", "true"}, "--agent");
  refused({"--agent", "a-b", "--agent", "a_b", "--", "true"}, "CLANKDIN_API_KEY_A_B");
}

TEST_CASE("exec: the server and its agents are in the environment", "[process][exec]") {
  const auto finished = exec({"--agent", "ada", "--agent", "Data Bot!"},
                             "echo $CLANKDIN_URL; echo $CLANKDIN_API_KEY; echo $CLANKDIN_API_KEY_ADA; "
                             "echo $CLANKDIN_API_KEY_DATA_BOT_; ulimit -n",
                             {{"CLANKDIN_API_KEY", "clnk_stale"}});
  REQUIRE(finished.status == 0);
  std::istringstream lines(finished.out);
  std::string url, key, ada, bot, files;
  std::getline(lines, url) && std::getline(lines, key) && std::getline(lines, ada) && std::getline(lines, bot) &&
      std::getline(lines, files);
  CHECK_THAT(url, Contains("http://127.0.0.1:"));
  CHECK_THAT(key, Contains("clnk_"));
  CHECK(key == ada);
  CHECK(bot != ada);
  CHECK(bot.size() == 41);
  CHECK(std::stol(files) == ::sysconf(_SC_OPEN_MAX));  // as before the server raised its own
  CHECK(exec({}, "echo -$CLANKDIN_API_KEY-", {{"CLANKDIN_API_KEY", "clnk_stale"}}).out == "--\n");
}

TEST_CASE("exec: the server serves while the command runs, with test controls and no rate limits", "[process][exec]") {
  const TemporaryFolder folder;
  ChildProcess process(
      {.arguments = {"exec", "--agent", "ada", "--", "sh", "-c", "echo ${CLANKDIN_URL##*:} > port; exec sleep 30"},
       .folder = folder.path()});
  const auto port = wait_for_file(folder.file("port"));
  REQUIRE_FALSE(port.empty());
  {
    support::Wire wire(std::stoi(port));
    wire.send(support::get("/agents/ada"));
    const auto agent = wire.answer();
    CHECK_THAT(agent, Contains("200 OK"));
    CHECK(agent.find("RateLimit") == std::string::npos);
    wire.send("POST /_test/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    CHECK_THAT(wire.answer(), Contains("200 OK"));
    wire.send(support::get("/agents/ada"));
    CHECK_THAT(wire.answer(), Contains("200 OK"));  // a reset keeps who was registered for the command
  }
  process.signal(SIGTERM);
  CHECK(process.wait() == 128 + SIGTERM);
  CHECK_THROWS(support::Wire(std::stoi(port)));
}

TEST_CASE("exec: signals go to the command, which decides", "[process][exec]") {
  const TemporaryFolder folder;
  const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  ChildProcess process({.arguments = {"exec", "--", "sh", "-c",
                                      "trap 'echo got; exit 9' INT TERM HUP; echo ready > ready; "
                                      "while :; do sleep 0.01; done"},
                        .folder = folder.path()});
  REQUIRE_FALSE(wait_for_file(folder.file("ready")).empty());
  process.signal(signal);
  CHECK(process.wait() == 9);
  CHECK(process.out() == "got\n");
}

TEST_CASE("exec: the command finds signals as any program does", "[process][exec]") {
  const auto finished = exec({}, "grep -E '^Sig(Blk|Ign)' /proc/self/status");
  CHECK_THAT(finished.out, Contains("SigBlk:\t0000000000000000"));
  // SIGPIPE (13) is the one that a server ignores.
  const auto at = finished.out.find("SigIgn:\t") + 8;
  CHECK((std::stoull(finished.out.substr(at, 16), nullptr, 16) >> (SIGPIPE - 1) & 1) == 0);
}
