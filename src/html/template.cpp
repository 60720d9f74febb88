#include "html/template.h"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <stdexcept>
#include <vector>

#include "core/text.h"
#include "html/escape.h"

namespace html {

namespace {

namespace mustache = kainjow::mustache;

// What a template is made of. The library reads templates, but its own walk through them stops at each word and each
// space, and takes each value as one of its own, which is allocated: a quarter of a page's time.
struct Part {
  enum class Kind { text, line_end, value, unescaped_value, section, inverted_section };
  Kind kind;
  std::string text;    // or a name...
  std::string member;  // ...and what is taken from it: "b" of {{a.b}}
  std::vector<Part> parts = {};
};
using Parts = std::vector<Part>;

Part tag_of(Part::Kind kind, const std::string& name) {
  const auto dot = name == "." ? std::string::npos : name.find('.');
  if (dot == std::string::npos) return {kind, name, {}};
  return {kind, name.substr(0, dot), name.substr(dot + 1)};
}

void append(Parts& parts, const mustache::component<std::string>& component) {
  using mustache::tag_type;
  switch (component.tag.type) {
    case tag_type::text:
      if (component.is_newline()) {
        parts.push_back({Part::Kind::line_end, component.text, {}});
      } else if (!parts.empty() && parts.back().kind == Part::Kind::text) {
        parts.back().text += component.text;
      } else {
        parts.push_back({Part::Kind::text, component.text, {}});
      }
      return;
    case tag_type::variable: parts.push_back(tag_of(Part::Kind::value, component.tag.name)); return;
    case tag_type::unescaped_variable: parts.push_back(tag_of(Part::Kind::unescaped_value, component.tag.name)); return;
    case tag_type::section_begin: parts.push_back(tag_of(Part::Kind::section, component.tag.name)); break;
    case tag_type::section_begin_inverted:
      parts.push_back(tag_of(Part::Kind::inverted_section, component.tag.name));
      break;
    default: return;  // comments
  }
  for (const auto& child : component.children) append(parts.back().parts, child);
}

Parts parsed(const std::string& source) {
  mustache::context<std::string> nothing;
  mustache::context_internal<std::string> state(nothing);
  mustache::component<std::string> root;
  std::string error;
  mustache::parser<std::string>(source, state, root, error);
  if (!error.empty()) throw std::logic_error("a template: " + error);
  Parts parts;
  for (const auto& component : root.children) append(parts, component);
  return parts;
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::ptrdiff_t first = number < 0 ? 1 : 0;
  for (auto at = std::ssize(digits) - 3; at > first; at -= 3) digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

bool is_true(const View* view) {
  if (view == nullptr || view->is_null()) return false;
  if (view->is_bool()) return view->truth();
  if (view->is_list()) return !view->empty();
  return !view->is_text() || !view->text().empty();
}

class Walk {
 public:
  Walk(const View& view, Escape escape, std::string& out) : escape_(escape), out_(out), within_{&view} {}

  void document(const Parts& parts) {
    walk(parts);
    end_line({});
  }

 private:
  void walk(const Parts& parts) {
    for (const Part& part : parts) {
      switch (part.kind) {
        case Part::Kind::text: out_ += part.text; break;
        case Part::Kind::line_end: end_line(part.text); break;
        case Part::Kind::value:
        case Part::Kind::unescaped_value: value(part); break;
        case Part::Kind::section: section(part); break;
        case Part::Kind::inverted_section:
          if (!is_true(find(part))) inside(part);
          break;
      }
    }
  }

  // A line with nothing but sections' tags is left out.
  void end_line(std::string_view end) {
    if (has_section_ && std::string_view(out_).find_first_not_of(" \t", line_) == std::string_view::npos) {
      out_.resize(line_);
    } else {
      out_ += end;
    }
    line_ = out_.size();
    has_section_ = false;
  }

  void value(const Part& part) {
    const View* const view = find(part);
    if (view == nullptr) return;
    if (view->is_integer()) {
      out_ += grouped(view->integer());
    } else if (part.kind == Part::Kind::unescaped_value) {
      out_ += view->text();
    } else if (escape_ == Escape::html) {
      append_escaped(out_, view->text());
    } else {
      out_ += escape_markdown(view->text());
    }
  }

  void section(const Part& part) {
    const View* const view = find(part);
    if (!is_true(view)) return;
    if (!view->is_list()) return inside(part, *view);
    for (const View& item : *view) inside(part, item);
  }

  void inside(const Part& part, const View& view) {
    within_.push_back(&view);
    inside(part);
    within_.pop_back();
  }

  void inside(const Part& part) {
    has_section_ = true;
    walk(part.parts);
    has_section_ = true;
  }

  // In the innermost section that has it.
  [[nodiscard]] const View* find(const Part& part) const {
    if (part.text == ".") return within_.back();
    for (auto at = within_.rbegin(); at != within_.rend(); ++at) {
      if (const View* const found = (*at)->find(part.text)) {
        return part.member.empty() ? found : found->find(part.member);
      }
    }
    return nullptr;
  }

  const Escape escape_;
  std::string& out_;
  std::vector<const View*> within_;
  std::size_t line_ = 0;      // where the line begins in out_
  bool has_section_ = false;  // it has a section's tag
};

std::string expanded(std::string_view source, const Partials& partials, int depth) {
  constexpr std::string_view kBegin = "{{>";
  constexpr int kDeepest = 8;
  if (depth > kDeepest) throw std::logic_error("a template includes itself");
  std::string out;
  for (std::size_t at = 0;;) {
    const auto begin = source.find(kBegin, at);
    out.append(source.substr(at, begin == std::string_view::npos ? begin : begin - at));
    if (begin == std::string_view::npos) return out;
    const auto end = source.find("}}", begin);
    if (end == std::string_view::npos) throw std::logic_error("a template ends in a tag");
    const auto name = core::trim(source.substr(begin + kBegin.size(), end - begin - kBegin.size()));
    auto part = expanded(partials(name), partials, depth + 1);
    if (part.ends_with('\n')) part.pop_back();
    out += part;
    at = end + 2;
  }
}

std::string without_indentation(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  bool line_start = true;
  for (const char c : source) {
    if (line_start && c == ' ') continue;
    line_start = c == '\n';
    out += c;
  }
  return out;
}

}  // namespace

struct Template::Parsed {
  Parts parts;
  Escape escape;
};

Template::Template(std::string_view source, Escape escape_as, const Partials& partials) {
  auto text = expanded(source, partials, 0);
  if (escape_as == Escape::html) text = without_indentation(text);
  parsed_ = std::make_unique<Parsed>(Parsed{parsed(text), escape_as});
}

Template::Template(Template&&) noexcept = default;
Template::~Template() = default;

std::string Template::render(const View& view) const {
  std::string out;
  out.reserve(32 * 1024);
  Walk(view, parsed_->escape, out).document(parsed_->parts);
  return out;
}

}  // namespace html
