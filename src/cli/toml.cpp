#include "cli/toml.h"

#include <algorithm>
#include <charconv>

#include "cli/usage_error.h"

namespace cli {
namespace {

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  std::vector<TomlEntry> read() {
    std::vector<TomlEntry> entries;
    for (skip_lines(); !done(); skip_lines()) {
      TomlEntry entry = read_entry();
      const bool twice = std::any_of(entries.begin(), entries.end(), [&](const auto& e) { return e.key == entry.key; });
      if (twice) fail(entry.line, "the key " + entry.key + " is there twice");
      entries.push_back(std::move(entry));
    }
    return entries;
  }

 private:
  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    if (c == '\n') ++line_;
    ++at_;
    return true;
  }

  [[noreturn]] void fail(int line, const std::string& what) const {
    throw UsageError(file_ + ":" + std::to_string(line) + ": " + what);
  }

  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t' || (peek() == '\r' && text_.substr(at_, 2) == "\r\n")) ++at_;
  }
  void skip_comment() {
    if (peek() != '#') return;
    at_ = std::min(text_.find('\n', at_), text_.size());
  }
  // White space, comments and ends of lines.
  void skip_lines() {
    do {
      skip_blanks();
      skip_comment();
    } while (take('\n'));
  }

  TomlEntry read_entry() {
    TomlEntry entry{.line = line_};
    if (peek() == '[') fail(line_, "tables like [name] mean nothing here; write every key at the top level");
    entry.key = peek() == '"' || peek() == '\'' ? read_string() : read_word("");
    if (entry.key.empty()) fail(line_, "expected a line of the form key = value");
    skip_blanks();
    if (peek() == '.') fail(line_, "dotted keys mean nothing here; write every key at the top level");
    if (!take('=')) fail(line_, "expected \"=\" after the key " + entry.key);
    skip_blanks();
    entry.values = peek() == '[' ? read_array() : std::vector{read_value()};
    skip_blanks();
    skip_comment();
    if (!done() && !take('\n')) fail(line_, "expected the end of the line after the value of " + entry.key);
    return entry;
  }

  std::vector<std::string> read_array() {
    const int start = line_;
    take('[');
    std::vector<std::string> values;
    for (skip_lines(); !take(']'); skip_lines()) {
      if (done()) fail(start, "the array that begins here has no end");
      values.push_back(read_value());
      skip_lines();
      if (!take(',') && peek() != ']' && !done()) fail(line_, "expected \",\" or \"]\" in the array");
    }
    return values;
  }

  std::string read_value() {
    if (peek() == '"' || peek() == '\'') return read_string();
    const std::string word = read_word(".+");
    if (word == "true" || word == "false") return word;
    std::string digits = word;  // TOML writes 1_048_576
    std::erase(digits, '_');
    double number = 0;
    const char* begin = digits.data() + (digits.starts_with('+') ? 1 : 0);
    const auto [end, error] = std::from_chars(begin, digits.data() + digits.size(), number);
    if (error == std::errc() && end == digits.data() + digits.size()) return digits;
    fail(line_, "expected a value: text in quotes, a number, true, false, or a list of these in [ ]");
  }

  // A run of the characters of bare keys and of `more`.
  std::string read_word(std::string_view more) {
    const std::size_t start = at_;
    while (!done() && (is_bare(peek()) || more.find(peek()) != std::string_view::npos)) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  std::string read_string() {
    const char quote = text_[at_++];
    if (text_.substr(at_, 2) == std::string(2, quote))
      fail(line_, "multi-line strings are not read here; use one line");
    std::string value;
    while (true) {
      if (done() || peek() == '\n') fail(line_, "the text in quotes has no end on its line");
      const char c = text_[at_++];
      if (c == quote) return value;
      value += c == '\\' && quote == '"' ? read_escape() : std::string(1, c);
    }
  }

  std::string read_escape() {
    const char c = done() ? '\0' : text_[at_++];
    constexpr std::string_view kNames = "btnfr\"\\";
    constexpr std::string_view kMeanings = "\b\t\n\f\r\"\\";
    if (const std::size_t index = kNames.find(c); index != std::string_view::npos) return {kMeanings[index]};
    fail(line_, R"(unknown escape in a text; in '…' a backslash is just a backslash)");
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<TomlEntry> read_toml(std::string_view text, const std::string& file) { return Reader(text, file).read(); }

}  // namespace cli
