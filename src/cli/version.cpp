#include "core/version.h"

#include <iostream>

#include "cli/command.h"
#include "cli/entries.h"

namespace cli {
namespace {

class Version : public Command {
 public:
  void describe(Options&) override {}
  int run(const Program&) override {
    std::cout << "clankdin " << core::kVersion << "\n";
    return 0;
  }
};

}  // namespace

std::unique_ptr<Command> make_version() { return std::make_unique<Version>(); }

}  // namespace cli
