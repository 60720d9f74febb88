#include <exception>
#include <iostream>
#include <string_view>

#include "bench/bench.h"

namespace {

struct Command {
  std::string_view name;
  std::size_t arguments;  // at least
  void (*run)(const bench::Arguments&);
};

constexpr Command kCommands[] = {
    {"adopt", 3, &bench::adopt},
    {"fdatasync", 2, &bench::sync_files},
    {"idle", 2, &bench::hold_connections},
    {"index", 3, &bench::index_posts},
    {"insert", 2, &bench::insert_posts},
    {"limiter", 1, &bench::measure_limiter},
    {"load", 5, &bench::load},
    {"merge", 1, &bench::merge_network},
    {"network", 5, &bench::load_network},
    {"search", 2, &bench::search_network},
    {"start", 3, &bench::time_start},
    {"stock", 3, &bench::serve_stock},
};

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments words(argv + 1, argv + argc);
  for (const Command& command : kCommands) {
    if (words.empty() || words[0] != command.name || words.size() <= command.arguments) continue;
    try {
      command.run({words.begin() + 1, words.end()});
      return 0;
    } catch (const std::exception& error) {
      std::cerr << "clankdin_bench " << command.name << ": " << error.what() << '\n';
      return 1;
    }
  }
  std::cerr << "clankdin_bench is started by scripts/bench; its commands are in tests/bench/bench.h\n";
  return 2;
}
