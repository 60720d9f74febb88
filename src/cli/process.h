// What the operating system and a process of ours have to do with each other.
#pragma once

#include <sys/resource.h>

#include <optional>
#include <string>
#include <string_view>

namespace cli {

// Before anything else is done: standard streams that were closed lead to /dev/null (a database file must not become
// standard output), and a reader that goes away is an error of write(2), not the end of the process.
void prepare_process();

// As many open files as we may have. Returns the limit that was, if it could be read.
std::optional<rlimit> raise_file_limit();

// Signals that ask a server to stop: SIGTERM, SIGINT, and SIGHUP unless the caller wanted it ignored (nohup).
class StopSignals {
 public:
  // Holds them back, in this thread and in those it starts from here on. One a process.
  StopSignals();
  // Returns when the first has come. From then on another one ends the process at once.
  void wait() const;
};

// To standard output, at once; nobody listening is no failure.
void announce(std::string_view line);

// Puts a file with `text` in the place of `path` in one step. Throws core::Error naming it.
void replace_file(const std::string& path, std::string_view text);

}  // namespace cli
