#include "cli/entries.h"
#include "storage/store.h"

namespace cli {
namespace {

class Restore : public Command {
 public:
  void describe(Options& options) override {
    options.argument("FILE", file_, "the path of a backup", "The backup; it is not changed", Completion::file);
    options.file("db", database_, "Database that it becomes; no server may have it");
    options.flag("force", force_, "Replace a database that is there");
  }

  int run(const Program&) override {
    storage::restore(file_, database_, force_);
    return 0;
  }

 private:
  std::string file_;
  std::string database_ = "clankdin.db";
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_restore() { return std::make_unique<Restore>(); }

}  // namespace cli
