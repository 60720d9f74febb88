// What an agent can do here, each a tool with the route that does it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/route.h"
#include "openapi/document.h"

namespace mcp {

using openapi::Json;

enum class Effect : std::uint8_t { reads, adds, changes, removes };

struct Tool {
  std::string_view name;
  std::string_view description;
  http::Method method;
  std::string_view pattern;
  Effect effect;
  // What the path's parameters are called as arguments, in their order.
  std::vector<std::string_view> path_arguments = {};
};

[[nodiscard]] const std::vector<Tool>& all_tools();

// The request that a call stands for.
struct Target {
  std::string target;  // path and query
  std::string body;    // empty: none
};

// The tools of one instance: those whose route its document has.
class Toolbox {
 public:
  explicit Toolbox(const Json& document);

  // "tools" of a tools/list answer, as JSON text.
  [[nodiscard]] const std::string& list() const { return list_; }
  [[nodiscard]] const Tool* find(std::string_view name) const;
  // The request for `arguments` (an object), or a sentence for what is wrong with them. What the API itself checks is
  // left to it.
  [[nodiscard]] std::variant<Target, std::string> aim(const Tool& tool, const Json& arguments) const;

 private:
  struct Entry {
    const Tool* tool;
    std::vector<std::string> query;  // names of the query's parameters
    bool has_body;
  };
  std::map<std::string, Entry, std::less<>> entries_;
  std::string list_;
};

}  // namespace mcp
