#include "cli/entries.h"
#include "cli/operator.h"

namespace cli {
namespace {

class Check : public Command {
 public:
  void describe(Options& options) override {
    options.file("db", database_, "Database, also of a running server");
  }

  int run(const Program&) override {
    check(database_, {"check", {}});
    return 0;
  }

 private:
  std::string database_ = "clankdin.db";
};

}  // namespace

std::unique_ptr<Command> make_check() { return std::make_unique<Check>(); }

}  // namespace cli
