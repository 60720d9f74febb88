#include <algorithm>
#include <iostream>

#include "cli/entries.h"
#include "cli/program.h"

namespace cli {
namespace {

class Help : public Command {
 public:
  void describe(Options& options) override {
    Option command{.name = "COMMAND",
                   .takes = "the name of a command",
                   .help = "The command to explain; without it, the whole program",
                   .argument = true,
                   .optional = true,
                   .read = [this](const std::string& value) {
                     command_ = value;
                     return std::any_of(commands().begin(), commands().end(),
                                        [&](const CommandEntry& entry) { return entry.name == value; });
                   }};
    for (const CommandEntry& entry : commands()) command.words.emplace_back(entry.name);
    options.add(std::move(command));
  }

  int run(const Program& program) override {
    std::cout << program.help(program.find(command_));
    return 0;
  }

 private:
  std::string command_;
};

}  // namespace

std::unique_ptr<Command> make_help() { return std::make_unique<Help>(); }

}  // namespace cli
