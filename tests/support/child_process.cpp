#include "support/child_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "core/log.h"
#include "support/catch.h"

using namespace std::chrono_literals;

namespace support {
namespace {

// In the child, between fork and exec.
[[noreturn]] void become(const ChildOptions& options, const std::string& out, const std::string& err) {
  if (options.close_output) {
    ::close(STDOUT_FILENO);
  } else {
    ::dup2(options.output ? *options.output : ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  }
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) ::_exit(126);
  if (options.user != 0 && (::setgid(options.user) != 0 || ::setuid(options.user) != 0)) ::_exit(126);
  std::string program = CLANKDIN_EXECUTABLE;
  std::vector<char*> arguments = {program.data()};
  std::vector<std::string> copies = options.arguments;
  for (std::string& argument : copies) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  ::_exit(127);
}

}  // namespace

ChildProcess::ChildProcess(ChildOptions options) {
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) become(options, streams_.file("out"), streams_.file("err"));
}

ChildProcess::~ChildProcess() {
  if (!runs()) return;
  signal(SIGKILL);
  wait();
}

void ChildProcess::signal(int number) const {
  if (!status_) ::kill(pid_, number);
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!status_) {
    int state = 0;
    const pid_t ended = ::waitpid(pid_, &state, WNOHANG);
    if (ended == pid_) status_ = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    if (ended == 0) {
      if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
      std::this_thread::sleep_for(1ms);
    }
  }
  return status_;
}

bool ChildProcess::runs() { return !wait(0ms); }

std::string ChildProcess::out() const { return read_file(streams_.file("out")); }
std::string ChildProcess::err() const { return read_file(streams_.file("err")); }

Finished run_clankdin(std::vector<std::string> arguments, std::map<std::string, std::string> environment) {
  ChildProcess process({.arguments = std::move(arguments), .environment = std::move(environment)});
  const auto status = process.wait();
  if (!status) throw std::runtime_error("clankdin does not end; it said: " + process.err());
  return {*status, process.out(), process.err()};
}

ServerProcess::ServerProcess(std::vector<std::string> arguments, ChildOptions options) {
  if (options.user != 0 && ::chown(folder_.path().c_str(), options.user, options.user) != 0) {
    throw std::runtime_error("cannot give a folder away");
  }
  options.arguments = {"serve", "--port", "0", "--ready-file", ready_file()};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.environment.emplace("CLANKDIN_LOG_LEVEL", "debug");
  process_.emplace(std::move(options));
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while ((ready_text_ = read_file(ready_file())).empty()) {
    if (!process_->runs()) throw std::runtime_error("the server ended: " + process_->err());
    if (std::chrono::steady_clock::now() >= deadline) throw std::runtime_error("the server is not ready");
    std::this_thread::sleep_for(1ms);
  }
  const auto ready = nlohmann::json::parse(ready_text_);
  port_ = ready.at("port").get<int>();
  url_ = ready.at("url").get<std::string>();
}

ServerProcess::~ServerProcess() {
  const auto log = process_->err();
  CHECK(core::scrub(log) == log);
}

std::optional<int> ServerProcess::stop() {
  process_->signal(SIGTERM);
  return process_->wait();
}

std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace support
