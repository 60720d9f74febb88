#include <algorithm>
#include <array>
#include <iostream>
#include <string>

#include "cli/entries.h"
#include "server/app.h"

namespace cli {
namespace {

// One line a route, its columns as wide as their widest entry.
class RouteTable {
 public:
  void add(std::array<std::string_view, 4> line) {
    for (std::size_t column = 0; column < line.size(); ++column) {
      widths_[column] = std::max(widths_[column], line[column].size());
    }
    lines_.push_back(line);
  }

  [[nodiscard]] std::string text() const {
    std::string out;
    for (const auto& line : lines_) {
      for (std::size_t column = 0; column < line.size(); ++column) {
        const bool last = column + 1 == line.size();
        out += line[column];
        out.append(last ? 0 : widths_[column] - line[column].size() + 2, ' ');
      }
      out += '\n';
    }
    return out;
  }

 private:
  std::vector<std::array<std::string_view, 4>> lines_;
  std::array<std::size_t, 4> widths_{};
};

class PrintRoutes : public Command {
 public:
  void describe(Options&) override {}

  int run(const Program&) override {
    server::Config config;
    config.memory = true;
    server::App app(config);
    RouteTable table;
    table.add({"METHOD", "PATH", "ACCESS", "LIMIT"});
    for (const http::Route& route : app.router().routes()) {
      table.add({http::name_of(route.method), route.pattern, http::name_of(route.access), http::name_of(route.limit)});
    }
    std::cout << table.text();
    return 0;
  }
};

}  // namespace

std::unique_ptr<Command> make_routes() { return std::make_unique<PrintRoutes>(); }

}  // namespace cli
