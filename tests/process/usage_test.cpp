// The command line as a process: streams and exit statuses.
#include <algorithm>
#include <fstream>
#include <regex>

#include "core/version.h"
#include "support/catch.h"
#include "support/child_process.h"

using support::Contains;
using support::Finished;
using support::read_file;
using support::run_clankdin;
using support::TemporaryFolder;

TEST_CASE("clankdin version and help", "[process]") {
  const std::string version = "clankdin " + std::string(core::kVersion) + "\n";
  CHECK(run_clankdin({"version"}).out == version);
  CHECK(run_clankdin({"--version"}).out == version);

  const Finished help = run_clankdin({"help"});
  CHECK(help.status == 0);
  CHECK(help.err.empty());
  for (const char* command : {"serve", "wait", "routes", "version", "help", "completion"}) {
    CHECK_THAT(help.out, Contains(command));
  }
  CHECK(run_clankdin({"--help"}).out == help.out);
  CHECK(run_clankdin({"help", "serve"}).out == run_clankdin({"serve", "--help"}).out);
}

TEST_CASE("clankdin: wrong usage is one line on standard error, status 2", "[process]") {
  using Arguments = std::vector<std::string>;
  const auto [arguments, message] = GENERATE(table<Arguments, std::string>({
      {Arguments{}, "a command is missing"},
      {{"server"}, "there is no command server; did you mean serve?"},
      {{"serve", "--port", "http"}, "--port takes a whole number from 0 to 65535, not \"http\""},
      {{"serve", "--workers", "0"}, "--workers takes a whole number from 1 to 256, not \"0\""},
      {{"serve", "--max-body", "1G"}, "--max-body takes a number of bytes"},
      {{"serve", "--rate-limits", "none"}, "--rate-limits takes one of default, strict, off, not \"none\""},
      {{"serve", "--rate-limit", "endorse=20"}, "--rate-limit takes NAME=COUNT/UNIT like endorse=20/hour"},
      {{"serve", "--rate-limit", "sleep=1/hour"}, "names: "},
      {{"serve", "--trusted-proxy", "10.0.0.0/64"}, "--trusted-proxy takes an IP address or a range"},
      {{"serve", "--public-url", "clank.example"}, "--public-url takes an http or https URL"},
      {{"serve", "--public-url", "http://clank.example/?a"}, "--public-url takes an http or https URL"},
      {{"serve", "--log-level", "loud"}, "--log-level takes one of debug, info, warn, error, off"},
      {{"serve", "--log-format", "xml"}, "--log-format takes one of text, json"},
      {{"serve", "--tls-cert", "cert.pem"}, "--tls-cert takes the path of a file, together with --tls-key"},
      {{"serve", "--tls-key", "key.pem"}, "--tls-key takes the path of a file, together with --tls-cert"},
      {{"serve", "--db"}, "--db takes the path of a file; its value is missing"},
      {{"serve", "now"}, "there is no place for the argument \"now\""},
      {{"serve", "--config", "/nonexistent.toml"}, "--config takes the path of a TOML file; /nonexistent.toml cannot"},
      {{"wait"}, "URL takes the http or https URL of a server; it is missing"},
      {{"wait", "localhost:8080"}, "URL takes the http or https URL of a server, not \"localhost:8080\""},
      {{"wait", "http://127.0.0.1:1", "--timeout", "long"}, "--timeout takes a number of seconds"},
      {{"completion", "tcsh"}, "SHELL takes one of bash, zsh, fish, not \"tcsh\""},
      {{"help", "me"}, "COMMAND takes the name of a command, not \"me\""},
  }));
  const Finished finished = run_clankdin(arguments);
  INFO(finished.err);
  CHECK(finished.status == 2);
  CHECK_THAT(finished.err, Contains(message));
  CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
  CHECK(finished.out.empty());
}

TEST_CASE("clankdin routes prints the table that answers", "[process]") {
  const Finished finished = run_clankdin({"routes"});
  CHECK(finished.status == 0);
  CHECK_THAT(finished.out, Contains("METHOD") && Contains("PATH") && Contains("ACCESS") && Contains("LIMIT"));
  CHECK(std::regex_search(finished.out, std::regex("\nGET +/health +anyone +free\n")));
}

TEST_CASE("clankdin completion bash completes in a real bash", "[process]") {
  if (std::system("bash -c 'type complete' >/dev/null 2>&1") != 0) {
    WARN("no bash with completion here");
    return;
  }
  const TemporaryFolder folder;
  std::ofstream(folder.file("script")) << run_clankdin({"completion", "bash"}).out;
  const auto complete = [&](const std::string& words, int index) {
    const std::string command = "bash -c 'source " + folder.file("script") + "; COMP_WORDS=(" + words +
                                "); COMP_CWORD=" + std::to_string(index) + "; _clankdin; echo \"${COMPREPLY[*]}\"' > " +
                                folder.file("reply");
    CHECK(std::system(command.c_str()) == 0);
    return read_file(folder.file("reply"));
  };
  CHECK(complete("clankdin ser", 1) == "serve\n");
  CHECK(complete("clankdin serve --rate-limit", 2) == "--rate-limits --rate-limit\n");
  CHECK(complete("clankdin serve --rate-limits s", 3) == "strict\n");
  CHECK(complete("clankdin serve --log-format \"\"", 3) == "text json\n");
  CHECK(complete("clankdin completion f", 2) == "fish\n");
  CHECK_THAT(complete("clankdin serve --db " + folder.file("scr"), 3), Contains(folder.file("script")));
  for (const char* command : {"import ", "backup ", "restore "}) {
    CHECK_THAT(complete("clankdin " + std::string(command) + folder.file("scr"), 2), Contains(folder.file("script")));
  }
}

TEST_CASE("clankdin completion names every option in every shell", "[process]") {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = run_clankdin({"completion", shell}).out;
    for (const char* name : {"serve", "wait", "rate-limits", "ready-file", "timeout", "strict"}) {
      INFO(shell << " " << name);
      CHECK_THAT(script, Contains(name));
    }
  }
}
