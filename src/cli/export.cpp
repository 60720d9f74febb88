#include "cli/entries.h"
#include "cli/operator.h"

namespace cli {
namespace {

class Export : public Command {
 public:
  void describe(Options& options) override {
    options.argument("DIR", folder_, "the path of a folder that is not there yet", "Where the files go, one a kind",
                     Completion::folder);
    options.file("db", database_, "Database, also of a running server");
    options.flag("with-secrets", with_secrets_,
                 "Write keys.ndjson (digests of API keys) and webhooks.ndjson (with their signing secrets), too");
  }

  int run(const Program&) override {
    server::Operation operation{"export", {absolute(folder_)}};
    if (with_secrets_) operation.arguments.emplace_back("--with-secrets");
    operate(database_, operation);
    return 0;
  }

 private:
  std::string folder_;
  std::string database_ = "clankdin.db";
  bool with_secrets_ = false;
};

}  // namespace

std::unique_ptr<Command> make_export() { return std::make_unique<Export>(); }

}  // namespace cli
