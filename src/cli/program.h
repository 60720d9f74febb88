// The whole command line: every command with its options, taken apart by CLI11.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace cli {

class Program {
 public:
  explicit Program(const std::vector<CommandEntry>& entries = commands());
  ~Program();

  // `arguments` without the program's name. Gives the exit status; every fault is one line on standard error.
  int run(std::vector<std::string> arguments);

  struct Part {
    CommandEntry entry;
    std::unique_ptr<Command> command;  // once its options are described
    Options options;
    CLI::App* app = nullptr;
  };
  // With their options described, which is done when somebody looks: to describe all takes a tenth of a server's start.
  [[nodiscard]] const std::vector<Part>& parts() const;
  [[nodiscard]] const Part* find(std::string_view name) const;
  // What `help` and `--help` show; of the whole program without a part.
  [[nodiscard]] std::string help(const Part* part) const;

 private:
  int run_part(const Part& part) const;
  static void describe(Part& part);
  void parse(std::vector<std::string> arguments);

  std::unique_ptr<CLI::App> app_;
  mutable std::vector<Part> parts_;
};

}  // namespace cli
