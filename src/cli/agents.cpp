#include "cli/entries.h"
#include "cli/operator.h"

namespace cli {
namespace {

class ListAgents : public Command {
 public:
  void describe(Options& options) override {
    options.file("db", database_, "Database, also of a running server");
    options.flag("json", as_json_, "One JSON object a line instead of a table");
  }

  int run(const Program&) override {
    operate(database_, {"agents", as_json_ ? std::vector<std::string>{"--json"} : std::vector<std::string>{}});
    return 0;
  }

 private:
  std::string database_ = "clankdin.db";
  bool as_json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_agents() { return std::make_unique<ListAgents>(); }

}  // namespace cli
