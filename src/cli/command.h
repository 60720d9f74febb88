// A command is one file: a class that describes its options and does its work, and a function that makes one. The list
// in commands.cpp has a line for each.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace cli {

class Program;

class Command {
 public:
  virtual ~Command() = default;
  // Declares what the command takes, with targets that live as long as the command.
  virtual void describe(Options& options) = 0;
  // Does the work with the options settled. Gives the exit status; throws UsageError (status 2), or core::Error,
  // storage::Failure or another exception (status 1), whose sentence becomes the one line on standard error.
  virtual int run(const Program& program) = 0;
};

struct CommandEntry {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<Command> (*make)();
};

// In the order in which the help shows them.
[[nodiscard]] const std::vector<CommandEntry>& commands();

}  // namespace cli
