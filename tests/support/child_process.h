// The real executable as a process of its own.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace support {

struct ChildOptions {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // added to ours
  std::string folder;                              // to run in; empty: ours
  bool close_output = false;                       // standard output is closed from the start
  std::optional<int> output;                       // a descriptor for standard output instead of out()
  uid_t user = 0;                                  // to run as, where we are root; 0: as ourselves
};

// Killed with this, if it still runs.
class ChildProcess {
 public:
  // Runs the executable under test.
  explicit ChildProcess(ChildOptions options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void signal(int number) const;
  // The exit status, 128 + the signal that ended it, or std::nullopt if it still runs after `timeout`.
  std::optional<int> wait(std::chrono::milliseconds timeout = std::chrono::seconds(20));
  [[nodiscard]] bool runs();

  // What it has written so far.
  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  TemporaryFolder streams_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

struct Finished {
  int status = 0;
  std::string out;
  std::string err;
};
// Runs the executable to its end; throws if that takes longer than 20 s.
Finished run_clankdin(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {});

// `clankdin serve --port 0 --ready-file …` with more arguments; the constructor returns when it is ready, and throws
// what it said if it ends before. It logs all that it can, and whatever a test did with it, a key or a secret in that
// log fails the test.
class ServerProcess {
 public:
  explicit ServerProcess(std::vector<std::string> arguments, ChildOptions options = {});
  ~ServerProcess();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const std::string& ready_text() const { return ready_text_; }
  [[nodiscard]] std::string ready_file() const { return folder_.file("ready.json"); }
  ChildProcess& process() { return *process_; }
  // SIGTERM and the exit status.
  std::optional<int> stop();

 private:
  TemporaryFolder folder_;
  std::optional<ChildProcess> process_;
  int port_ = 0;
  std::string url_;
  std::string ready_text_;
};

// The whole file; empty if there is none.
std::string read_file(const std::string& path);

}  // namespace support
