#include "cli/child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>

#include "core/error.h"

namespace cli {
namespace {

constexpr int kNotFound = 127;
constexpr int kNotExecutable = 126;

sigset_t child_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  return set;
}

std::vector<std::string> changed_environment(const Environment& changes) {
  std::vector<std::string> variables;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string variable = *each;
    if (!changes.contains(variable.substr(0, variable.find('=')))) variables.push_back(variable);
  }
  for (const auto& [name, value] : changes) {
    if (value) variables.push_back(name + "=" + *value);
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// In the child of a process with many threads: nothing but system calls until exec. Tells `failure` why that failed.
[[noreturn]] void become(char** arguments, char** environment, const sigset_t& mask, std::optional<rlimit> file_limit,
                         int failure) {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &usual, nullptr);
  if (file_limit) ::setrlimit(RLIMIT_NOFILE, &*file_limit);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  ::execvpe(arguments[0], arguments, environment);
  const int cause = errno;
  static_cast<void>(!::write(failure, &cause, sizeof cause));
  ::_exit(kNotFound);
}

// Why the child could not become the command; 0 if it has.
int failure_of(int descriptor) {
  int cause = 0;
  ssize_t got = 0;
  do {
    got = ::read(descriptor, &cause, sizeof cause);
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof cause) ? cause : 0;
}

// A signal of the terminal has gone to the child too, as to every process before it; sent on, it would come twice.
bool is_ours_alone(const siginfo_t& info) { return info.si_code != SI_KERNEL; }

}  // namespace

ChildSignals::ChildSignals() {
  const sigset_t set = child_signals();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
  // Who ignores it (some callers do) is not told how a child ended.
  std::signal(SIGCHLD, SIG_DFL);
}

int run_child(const std::vector<std::string>& command, const Environment& environment, const ChildSignals& signals,
              std::optional<rlimit> file_limit) {
  std::vector<std::string> arguments = command;
  std::vector<std::string> variables = changed_environment(environment);
  std::vector<char*> argument_pointers = pointers(arguments);
  std::vector<char*> variable_pointers = pointers(variables);
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) throw core::unavailable(std::string("cannot make a pipe: ") + strerror(errno));
  const pid_t child = ::fork();
  if (child == 0) become(argument_pointers.data(), variable_pointers.data(), signals.before(), file_limit, pipe[1]);
  const int fork_failure = errno;
  ::close(pipe[1]);
  const int cause = child < 0 ? fork_failure : failure_of(pipe[0]);
  ::close(pipe[0]);
  if (child < 0) throw core::unavailable(std::string("cannot start a process: ") + strerror(cause));

  const sigset_t set = child_signals();
  int state = 0;
  while (::waitpid(child, &state, WNOHANG) != child) {
    siginfo_t info{};
    const int signal = ::sigwaitinfo(&set, &info);
    if (signal > 0 && signal != SIGCHLD && is_ours_alone(info)) ::kill(child, signal);
  }
  if (cause != 0) {
    std::cerr << "clankdin exec: cannot run \"" << command.front() << "\": " << strerror(cause) << std::endl;
    return cause == ENOENT ? kNotFound : kNotExecutable;
  }
  return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

}  // namespace cli
