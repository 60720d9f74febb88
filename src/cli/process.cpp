#include "cli/process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "core/error.h"

namespace cli {
namespace {

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  struct sigaction hangup {};
  if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

void prepare_process() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) < 0) {
      // open() takes the lowest free number: this one, since those below are open by now.
      if (::open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY) < 0) _exit(1);
    }
  }
  std::signal(SIGPIPE, SIG_IGN);
}

std::optional<rlimit> raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  const rlimit before = limit;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return before;
}

StopSignals::StopSignals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void StopSignals::wait() const {
  const sigset_t set = stop_signals();
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  for (const int each : {SIGTERM, SIGINT}) std::signal(each, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void announce(std::string_view line) { write_all(STDOUT_FILENO, std::string(line) + "\n"); }

void replace_file(const std::string& path, std::string_view text) {
  const auto fail = [&path](const char* doing) {
    throw core::Error(core::ErrorCode::unavailable,
                      std::string("cannot ") + doing + " " + path + ": " + std::strerror(errno));
  };
  // A name of this process's own beside the target: rename() is one step within a folder.
  const std::string draft = path + "." + std::to_string(getpid());
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) fail("create");
  const bool written = write_all(descriptor, text);
  if (::close(descriptor) != 0 || !written || std::rename(draft.c_str(), path.c_str()) != 0) {
    const int cause = errno;
    ::unlink(draft.c_str());
    errno = cause;
    fail("write");
  }
}

}  // namespace cli
