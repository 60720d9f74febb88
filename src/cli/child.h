// A command that runs while we do: its environment, its signals, its exit status.
#pragma once

#include <sys/resource.h>

#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cli {

// What differs from our own environment; std::nullopt takes a variable away.
using Environment = std::map<std::string, std::optional<std::string>>;

// Signals that concern a child: its end, and those that ask us to stop. Held back, in this thread and in those that it
// starts from here on, until run_child() looks. One a process.
class ChildSignals {
 public:
  ChildSignals();
  // What was held back before.
  [[nodiscard]] const sigset_t& before() const { return before_; }

 private:
  sigset_t before_;
};

// Runs `command`, found as a shell would, with our standard streams, the signals as any program finds them and
// `file_limit` where there is one; passes SIGINT, SIGTERM and SIGHUP on to it. Returns its exit status, or 128 + the
// signal that ended it. Where it cannot be run: a line on standard error, and 127 if it is not there, 126 otherwise.
[[nodiscard]] int run_child(const std::vector<std::string>& command, const Environment& environment,
                            const ChildSignals& signals, std::optional<rlimit> file_limit);

}  // namespace cli
