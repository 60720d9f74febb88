#include "cli/entries.h"
#include "cli/operator.h"

namespace cli {
namespace {

class Key : public Command {
 public:
  void describe(Options& options) override {
    options.argument("HANDLE", handle_, "the handle of an agent", "Whose key is made anew; the old one stops working");
    options.file("db", database_, "Database, also of a running server");
  }

  int run(const Program&) override {
    operate(database_, {"key", {handle_}});
    return 0;
  }

 private:
  std::string handle_;
  std::string database_ = "clankdin.db";
};

}  // namespace

std::unique_ptr<Command> make_key() { return std::make_unique<Key>(); }

}  // namespace cli
