#include <algorithm>
#include <array>
#include <iostream>
#include <string>

#include "cli/entries.h"
#include "server/app.h"

namespace cli {
namespace {

std::string_view name_of(http::Access access) {
  constexpr std::array<std::string_view, 3> kNames = {"open", "agent", "local"};
  return kNames.at(static_cast<std::size_t>(access));
}

std::string_view name_of(http::Limit limit) {
  constexpr std::array<std::string_view, 8> kNames = {"general", "registration", "post",    "comment",
                                                      "follow",  "pinch",        "endorse", "free"};
  return kNames.at(static_cast<std::size_t>(limit));
}

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
      table.add({http::name_of(route.method), route.pattern, name_of(route.access), name_of(route.limit)});
    }
    std::cout << table.text();
    return 0;
  }
};

}  // namespace

std::unique_ptr<Command> make_routes() { return std::make_unique<PrintRoutes>(); }

}  // namespace cli
