#include "cli/entries.h"
#include "cli/operator.h"

namespace cli {
namespace {

class Check : public Command {
 public:
  void describe(Options& options) override {
    options.file("db", database_, "Database, also of a running server");
    options.flag("rebuild", rebuild_, "Make the search index anew first");
  }

  int run(const Program&) override {
    if (rebuild_) {
      operate(database_, {"check", {"--rebuild"}});
    } else {
      check(database_);
    }
    return 0;
  }

 private:
  std::string database_ = "clankdin.db";
  bool rebuild_ = false;
};

}  // namespace

std::unique_ptr<Command> make_check() { return std::make_unique<Check>(); }

}  // namespace cli
