#include "html/template.h"

#include <deque>
#include <kainjow/mustache.hpp>
#include <stdexcept>
#include <vector>

#include "core/text.h"
#include "html/escape.h"

namespace html {

namespace {

namespace mustache = kainjow::mustache;

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::ptrdiff_t first = number < 0 ? 1 : 0;
  for (auto at = std::ssize(digits) - 3; at > first; at -= 3) digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

// A view as the library looks into it. Copying a whole view into the library's own values cost more than rendering it,
// so each value is made when its name is met. What get() returns is good until the next get(), but for lists.
class Context : public mustache::basic_context<std::string> {
 public:
  explicit Context(const View& view) : stack_{&view} {}

  void push(const mustache::data* data) override { stack_.push_back(pushed(data)); }
  void pop() override { stack_.pop_back(); }

  const mustache::data* get(const std::string& name) const override {
    found_ = find(name);
    return found_ == nullptr ? nullptr : value_of(*found_);
  }
  const mustache::data* get_partial(const std::string&) const override { return nullptr; }

 private:
  struct List {
    mustache::data items;
    View::const_iterator at;  // what items[next] stands for
    std::size_t next = 0;
  };

  [[nodiscard]] const View* find(std::string_view name) const {
    if (name == ".") return stack_.back();
    const auto dot = name.find('.');
    const View* found = find_first(name.substr(0, dot));
    return found == nullptr || dot == std::string_view::npos ? found : found->find(name.substr(dot + 1));
  }

  // In the innermost section that has it.
  [[nodiscard]] const View* find_first(std::string_view name) const {
    for (auto at = stack_.rbegin(); at != stack_.rend(); ++at) {
      if (const View* const found = (*at)->find(name)) return found;
    }
    return nullptr;
  }

  [[nodiscard]] const mustache::data* value_of(const View& view) const {
    if (view.is_object()) return &yes_;
    if (view.is_list() && !view.empty()) {
      lists_.push_back({mustache::data(mustache::list(view.size(), yes_)), view.begin()});
      return &lists_.back().items;
    }
    if (view.is_integer()) return text(grouped(view.integer()));
    if (!view.text().empty()) return text(view.text());
    return view.truth() ? &yes_ : &no_;
  }

  // Written over the text before: a value of the library's own each time would cost two allocations.
  const mustache::data* text(std::string_view text) const {
    const_cast<std::string&>(text_.string_value()) = text;
    return &text_;
  }

  // What a section is pushed for: the next item of a list, or what was found last.
  const View* pushed(const mustache::data* data) {
    for (auto list = lists_.rbegin(); list != lists_.rend(); ++list) {
      const auto& items = list->items.list_value();
      if (list->next == items.size() || data != &items[list->next]) continue;
      ++list->next;
      return &*list->at++;
    }
    return found_;
  }

  const mustache::data yes_{true};
  const mustache::data no_{false};
  std::vector<const View*> stack_;
  mutable const View* found_ = nullptr;
  mutable mustache::data text_{""};
  mutable std::deque<List> lists_;  // does not move
};

// Gathers what the library writes.
struct Sink {
  std::string& out;
  Sink& operator<<(const std::string& text) {
    out += text;
    return *this;
  }
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

// Rendering changes nothing here as long as templates have neither partials nor lambdas of the library's own.
struct Template::Parsed {
  explicit Parsed(const std::string& source) : mustache(source) {}
  mustache::mustache mustache;
};

Template::Template(std::string_view source, Escape escape_as, const Partials& partials) {
  auto text = expanded(source, partials, 0);
  if (escape_as == Escape::html) text = without_indentation(text);
  parsed_ = std::make_unique<Parsed>(text);
  if (!parsed_->mustache.is_valid()) throw std::logic_error("a template: " + parsed_->mustache.error_message());
  parsed_->mustache.set_custom_escape(escape_as == Escape::html
                                          ? [](const std::string& t) { return escape(t); }
                                          : [](const std::string& t) { return escape_markdown(t); });
}

Template::Template(Template&&) noexcept = default;
Template::~Template() = default;

std::string Template::render(const View& view) const {
  std::string out;
  out.reserve(32 * 1024);
  Context context(view);
  Sink sink{out};
  parsed_->mustache.render(context, sink);
  return out;
}

}  // namespace html
