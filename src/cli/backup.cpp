#include "cli/entries.h"
#include "cli/operator.h"

namespace cli {
namespace {

class Backup : public Command {
 public:
  void describe(Options& options) override {
    options.argument("FILE", file_, "the path of a file that is not there yet", "Where the backup goes",
                     Completion::file);
    options.file("db", database_, "Database, also of a running server");
  }

  int run(const Program&) override {
    operate(database_, {"backup", {absolute(file_)}});
    return 0;
  }

 private:
  std::string file_;
  std::string database_ = "clankdin.db";
};

}  // namespace

std::unique_ptr<Command> make_backup() { return std::make_unique<Backup>(); }

}  // namespace cli
