// Which lines of the route table a path belongs to: a trie of segments, without regular expressions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/route.h"

namespace http {

// The segments of a path, percent-decoded one by one ("%2F" stays inside its segment). std::nullopt if it does not
// begin with a slash, holds a malformed escape, a control character or invalid UTF-8. One slash at the end is ignored.
[[nodiscard]] std::optional<std::vector<std::string>> split_path(std::string_view path);

// Immutable once built; any thread.
class RouteTable {
 public:
  // Throws std::logic_error for two lines of the same method, pattern and form.
  explicit RouteTable(Routes routes);
  ~RouteTable();

  struct Match {
    const Route* line;
    std::vector<std::string> parameters;  // in the pattern's order
  };
  // The line for this method, in the preferred form where there is one, otherwise in JSON, or whichever there is. A
  // literal segment goes before a parameter, but only where its branch knows the method. A last segment that ends in
  // ".md" asks for the Markdown of what stands before it, unless a line has that very name.
  [[nodiscard]] std::optional<Match> resolve(Method method, const std::vector<std::string>& segments, Form form) const;
  // All methods that some line offers at this path, HEAD and OPTIONS included; empty if there is no such path.
  [[nodiscard]] std::vector<Method> methods(const std::vector<std::string>& segments) const;

  [[nodiscard]] const Routes& routes() const { return routes_; }

 private:
  struct Node;
  struct Lines {
    std::vector<const Route*> lines;  // of one pattern and method, in different forms
    std::vector<std::string> parameters;
  };
  [[nodiscard]] std::optional<Lines> find(Method method, const std::vector<std::string>& segments) const;

  Routes routes_;
  std::unique_ptr<Node> root_;
};

}  // namespace http
