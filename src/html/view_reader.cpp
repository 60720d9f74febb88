// JSON as views. Texts without escapes are not copied: they stay where they are written.

#include <charconv>
#include <stdexcept>

#include "core/json_strings.h"
#include "html/view.h"

namespace html {

class Reader {
 public:
  Reader(Arena& arena, std::string_view json) : arena_(arena), json_(json) {}

  void document(View& view) {
    value(view, 0);
    if (next() != '\0' || at_ != json_.size()) fail();
  }

 private:
  // Ours are less deep, and what clients send is refused from 64 on.
  static constexpr int kDeepest = 128;

  [[noreturn]] static void fail() { throw std::invalid_argument("a view is made of what is not JSON"); }

  // Behind white space; '\0' at the end.
  char next() {
    while (at_ < json_.size() && (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\t' || json_[at_] == '\r'))
      ++at_;
    return at_ < json_.size() ? json_[at_] : '\0';
  }

  void expect(char c) {
    if (next() != c) fail();
    ++at_;
  }

  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }

  void word(std::string_view expected) {
    if (!json_.substr(at_).starts_with(expected)) fail();
    at_ += expected.size();
  }

  void value(View& view, int depth) {
    if (depth > kDeepest) fail();
    switch (next()) {
      case '{': return object(view, depth);
      case '[': return list(view, depth);
      case '"': {
        const auto found = text();
        view.become(View::Kind::text, {.text = found.data()}, found.size());
        return;
      }
      case 't':
        word("true");
        view = true;
        return;
      case 'f':
        word("false");
        view = false;
        return;
      case 'n': return word("null");
      default: return number(view);
    }
  }

  void object(View& view, int depth) {
    ++at_;
    view.make_object();
    if (take('}')) return;
    do {
      if (next() != '"') fail();
      const auto name = text();
      expect(':');
      value(view.append(name), depth + 1);
    } while (take(','));
    expect('}');
  }

  void list(View& view, int depth) {
    ++at_;
    view.make_list();
    if (take(']')) return;
    do {
      value(view.append({}), depth + 1);
    } while (take(','));
    expect(']');
  }

  std::string_view text() {
    const auto begin = ++at_;
    const auto quote = json_.find('"', begin);
    if (quote == std::string_view::npos) fail();
    if (const auto plain = json_.substr(begin, quote - begin); plain.find('\\') == std::string_view::npos) {
      at_ = quote + 1;
      return plain;
    }
    std::string unescaped;
    at_ = core::read_json_string(json_, begin, unescaped) + 1;
    if (at_ > json_.size()) fail();
    return {arena_.copy(unescaped), unescaped.size()};
  }

  void number(View& view) {
    const auto begin = at_;
    const auto end = json_.find_first_not_of("+-.0123456789Ee", begin);
    at_ = end == std::string_view::npos ? json_.size() : end;
    const auto digits = json_.substr(begin, at_ - begin);
    const char* const last = digits.data() + digits.size();
    std::int64_t whole = 0;
    if (std::from_chars(digits.data(), last, whole).ptr == last && !digits.empty()) {
      view = whole;
      return;
    }
    double decimal = 0;
    if (std::from_chars(digits.data(), last, decimal).ptr != last || digits.empty()) fail();
    view.become(View::Kind::decimal, {.text = digits.data()}, digits.size());
  }

  Arena& arena_;
  const std::string_view json_;
  std::size_t at_ = 0;
};

View Arena::read(std::string json) {
  View view(*this);
  Reader(*this, kept_.emplace_front(std::move(json))).document(view);
  return view;
}

}  // namespace html
