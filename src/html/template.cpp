#include "html/template.h"

#include <kainjow/mustache.hpp>
#include <stdexcept>

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

mustache::data data_of(const View& view) {
  switch (view.type()) {
    case View::value_t::object: {
      mustache::data object(mustache::data::type::object);
      for (const auto& [name, member] : view.items()) object.set(name, data_of(member));
      return object;
    }
    case View::value_t::array: {
      mustache::data list(mustache::data::type::list);
      for (const auto& item : view) list.push_back(data_of(item));
      return list;
    }
    case View::value_t::string: {
      const auto& text = view.get_ref<const std::string&>();
      return text.empty() ? mustache::data(false) : mustache::data(text);
    }
    case View::value_t::boolean: return mustache::data(view.get<bool>());
    case View::value_t::number_integer:
    case View::value_t::number_unsigned: return mustache::data(grouped(view.get<std::int64_t>()));
    case View::value_t::number_float: return mustache::data(view.dump());
    default: return mustache::data(false);
  }
}

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
  parsed_->mustache.render(data_of(view), [&out](const std::string& text) { out += text; });
  return out;
}

}  // namespace html
