#include "http/route_table.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "core/text.h"

namespace http {

std::optional<std::vector<std::string>> split_path(std::string_view path) {
  if (path.empty() || path.front() != '/') return std::nullopt;
  path.remove_prefix(1);
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  std::vector<std::string> segments;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto raw = path.substr(0, slash);
    if (raw.find('%') == std::string_view::npos) {
      segments.emplace_back(raw);
    } else {
      auto decoded = core::percent_decode(raw);
      if (!decoded) return std::nullopt;
      segments.push_back(std::move(*decoded));
    }
    if (!core::is_utf8(segments.back()) || core::has_control(segments.back(), false)) return std::nullopt;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
    if (path.empty()) segments.emplace_back();  // "/a//" is not "/a"
  }
  return segments;
}

struct RouteTable::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;  // sorted by name
  std::unique_ptr<Node> parameter;
  std::array<std::vector<const Route*>, 7> lines;  // by method

  Node* literal(std::string_view name) const {
    const auto it = std::lower_bound(literals.begin(), literals.end(), name,
                                     [](const auto& entry, std::string_view key) { return entry.first < key; });
    return it != literals.end() && it->first == name ? it->second.get() : nullptr;
  }

  Node& add(std::string_view segment) {
    if (segment.starts_with(':')) {
      if (!parameter) parameter = std::make_unique<Node>();
      return *parameter;
    }
    if (Node* known = literal(segment)) return *known;
    const auto at = std::lower_bound(literals.begin(), literals.end(), segment,
                                     [](const auto& entry, std::string_view key) { return entry.first < key; });
    return *literals.emplace(at, std::string(segment), std::make_unique<Node>())->second;
  }

  // Calls `visit(node)` for each node that the path leads to, literal branches first, until it returns true.
  template <class Visit>
  bool walk(const std::vector<std::string>& segments, std::size_t index, std::vector<std::string>& parameters,
            const Visit& visit) const {
    if (index == segments.size()) return visit(*this);
    if (const Node* next = literal(segments[index]); next && next->walk(segments, index + 1, parameters, visit))
      return true;
    if (parameter && !segments[index].empty()) {
      parameters.push_back(segments[index]);
      if (parameter->walk(segments, index + 1, parameters, visit)) return true;
      parameters.pop_back();
    }
    return false;
  }
};

RouteTable::RouteTable(Routes routes) : routes_(std::move(routes)), root_(std::make_unique<Node>()) {
  for (const Route& route : routes_) {
    Node* node = root_.get();
    std::string_view rest = route.pattern.substr(1);
    while (!rest.empty()) {
      const auto slash = rest.find('/');
      node = &node->add(rest.substr(0, slash));
      rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    }
    auto& lines = node->lines[static_cast<std::size_t>(route.method)];
    for (const Route* other : lines) {
      if (other->form == route.form) throw std::logic_error("two routes for " + std::string(route.pattern));
    }
    lines.push_back(&route);
  }
}

RouteTable::~RouteTable() = default;

std::optional<RouteTable::Lines> RouteTable::find(Method method, const std::vector<std::string>& segments) const {
  if (method == Method::head) method = Method::get;
  if (method == Method::other) return std::nullopt;
  Lines found_lines;
  const bool found = root_->walk(segments, 0, found_lines.parameters, [&](const Node& node) {
    found_lines.lines = node.lines[static_cast<std::size_t>(method)];
    return !found_lines.lines.empty();
  });
  if (!found) return std::nullopt;
  return found_lines;
}

namespace {

const Route* line_in(const std::vector<const Route*>& lines, Form form) {
  for (const Route* line : lines) {
    if (line->form == form || line->form == Form::any) return line;
  }
  return nullptr;
}

}  // namespace

std::optional<RouteTable::Match> RouteTable::resolve(Method method, const std::vector<std::string>& segments,
                                                     Form form) const {
  constexpr std::string_view kSuffix = ".md";
  auto found = find(method, segments);
  const bool reads = method == Method::get || method == Method::head;
  const bool by_name = found && found->parameters.empty();
  if (reads && !by_name && !segments.empty() && segments.back().size() > kSuffix.size() &&
      segments.back().ends_with(kSuffix)) {
    auto without = segments;
    without.back().resize(without.back().size() - kSuffix.size());
    auto markdown = find(method, without);
    const Route* line = markdown ? line_in(markdown->lines, Form::markdown) : nullptr;
    if (line != nullptr && line->form == Form::markdown) return Match{line, std::move(markdown->parameters)};
  }
  if (!found) return std::nullopt;
  const Route* line = line_in(found->lines, form);
  if (line == nullptr) line = line_in(found->lines, Form::json);
  if (line == nullptr) line = found->lines.front();
  return Match{line, std::move(found->parameters)};
}

std::vector<Method> RouteTable::methods(const std::vector<std::string>& segments) const {
  std::array<bool, 7> offered{};
  std::vector<std::string> parameters;
  root_->walk(segments, 0, parameters, [&](const Node& node) {
    for (std::size_t i = 0; i < offered.size(); ++i) offered[i] = offered[i] || !node.lines[i].empty();
    return false;
  });
  std::vector<Method> methods;
  for (const Method method : {Method::get, Method::post, Method::put, Method::patch, Method::del}) {
    if (!offered[static_cast<std::size_t>(method)]) continue;
    methods.push_back(method);
    if (method == Method::get) methods.push_back(Method::head);
  }
  if (!methods.empty()) methods.push_back(Method::options);
  return methods;
}

}  // namespace http
