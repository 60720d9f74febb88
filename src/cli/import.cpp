#include <filesystem>
#include <iostream>

#include "archive/folder.h"
#include "cli/entries.h"
#include "cli/operator.h"
#include "cli/progress.h"
#include "core/random.h"
#include "search/search.h"

namespace cli {
namespace {

class Import : public Command {
 public:
  void describe(Options& options) override {
    options.add({.name = "DIR|FILE",
                 .placeholder = "DIR|FILE",
                 .takes = "the path of a folder, or of a file like agents.ndjson",
                 .help = "A folder of files, or files, named after what they hold; may be given again for others",
                 .completion = Completion::file,
                 .repeatable = true,
                 .argument = true,
                 .read = [this](const std::string& value) {
                   paths_.push_back(value);
                   return !value.empty();
                 }});
    options.file("db", database_, "Database, also of a running server; made where there is none");
  }

  int run(const Program&) override {
    server::Operation operation{"import", {}};
    for (const std::string& path : paths_) operation.arguments.push_back(absolute(path));
    // Lines are results, unless it fails: then they are what is wrong.
    std::vector<std::string> lines;
    try {
      reach(
          database_, operation, [&](std::string_view line) { lines.emplace_back(line); },
          [&] { import_here([&](std::string_view line) { lines.emplace_back(line); }); });
    } catch (...) {
      for (const std::string& line : lines) std::cerr << line << '\n';
      throw;
    }
    for (const std::string& line : lines) std::cout << line << '\n';
    return 0;
  }

 private:
  void import_here(const server::Print& print) {
    const archive::Files files(paths_);
    const bool is_new = !std::filesystem::exists(database_);
    try {
      storage::StoreOptions options;
      options.location.path = database_;
      options.readers = 1;
      storage::Store store(options);
      core::SystemRandom random;
      Progress progress(files.bytes());
      server::import(
          store, random, files, [&](std::size_t bytes) { progress.show(bytes); }, print);
    } catch (...) {
      // What was not there before is not there afterwards.
      std::error_code ignored;
      if (is_new) std::filesystem::remove(database_, ignored);
      throw;
    }
  }

  std::vector<std::string> paths_;
  std::string database_ = "clankdin.db";
};

}  // namespace

std::unique_ptr<Command> make_import() { return std::make_unique<Import>(); }

}  // namespace cli
