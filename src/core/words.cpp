#include "core/words.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace core {
namespace {

enum class Class : std::uint8_t {
  separator,
  letter,  // or digit
  mark,    // belongs to the letter before it and does not count
  single,  // a word of its own
};

// ASCII's letters in small, and its digits; 0 for everything else.
constexpr auto kFolded = [] {
  std::array<char, 256> folded{};
  for (char c = '0'; c <= '9'; ++c) folded[static_cast<std::uint8_t>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    folded[static_cast<std::uint8_t>(c)] = c;
    folded[static_cast<std::uint8_t>(c - 'a' + 'A')] = c;
  }
  return folded;
}();
char folded(char c) { return kFolded[static_cast<std::uint8_t>(c)]; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii_letter(char c) { return folded(c) != 0; }
bool is_joiner(char c) { return c == '.' || c == '-' || c == '_'; }

struct Block {
  char32_t first;
  char32_t last;
  Class kind;
};

// Beyond ASCII everything is a letter but these. In ascending order.
constexpr auto kBlocks = std::to_array<Block>({
    {0x0080, 0x00A9, Class::separator}, {0x00AB, 0x00B4, Class::separator}, {0x00B6, 0x00B9, Class::separator},
    {0x00BB, 0x00BF, Class::separator}, {0x00D7, 0x00D7, Class::separator}, {0x00F7, 0x00F7, Class::separator},
    {0x02C2, 0x02DF, Class::separator}, {0x0300, 0x036F, Class::mark},      {0x037E, 0x037E, Class::separator},
    {0x0387, 0x0387, Class::separator}, {0x055A, 0x055F, Class::separator}, {0x0589, 0x058A, Class::separator},
    {0x05BE, 0x05BE, Class::separator}, {0x060C, 0x060C, Class::separator}, {0x061B, 0x061F, Class::separator},
    {0x064B, 0x065F, Class::mark},      {0x0964, 0x0965, Class::separator}, {0x1680, 0x1680, Class::separator},
    {0x1AB0, 0x1AFF, Class::mark},      {0x1DC0, 0x1DFF, Class::mark},      {0x2000, 0x206F, Class::separator},
    {0x20A0, 0x20CF, Class::separator}, {0x20D0, 0x20FF, Class::mark},      {0x2190, 0x25FF, Class::separator},
    {0x2600, 0x27BF, Class::single},    {0x27C0, 0x2BFF, Class::separator}, {0x2E00, 0x2E7F, Class::separator},
    {0x2E80, 0x2FFF, Class::single},    {0x3000, 0x3004, Class::separator}, {0x3008, 0x3020, Class::separator},
    {0x3030, 0x3030, Class::separator}, {0x3040, 0x30FA, Class::single},    {0x30FB, 0x30FB, Class::separator},
    {0x30FC, 0x30FF, Class::single},    {0x31F0, 0x31FF, Class::single},    {0x3400, 0x4DBF, Class::single},
    {0x4E00, 0x9FFF, Class::single},    {0xD800, 0xF8FF, Class::separator}, {0xF900, 0xFAFF, Class::single},
    {0xFE00, 0xFE0F, Class::mark},      {0xFE10, 0xFE1F, Class::separator}, {0xFE20, 0xFE2F, Class::mark},
    {0xFE30, 0xFE6F, Class::separator}, {0xFEFF, 0xFEFF, Class::separator}, {0xFF5F, 0xFF65, Class::separator},
    {0xFFE0, 0xFFFF, Class::separator}, {0x1F000, 0x1F3FA, Class::single},  {0x1F3FB, 0x1F3FF, Class::mark},
    {0x1F400, 0x1FAFF, Class::single},  {0x20000, 0x3FFFF, Class::single},  {0xE0000, 0x10FFFF, Class::mark},
});

// Full-width forms of ASCII are what they look like.
char32_t narrow(char32_t c) { return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c; }

Class class_of(char32_t c) {
  if (c < 0x80) return is_ascii_letter(static_cast<char>(c)) ? Class::letter : Class::separator;
  const auto next = std::upper_bound(kBlocks.begin(), kBlocks.end(), c,
                                     [](char32_t code_point, const Block& block) { return code_point < block.first; });
  if (next == kBlocks.begin() || c > (next - 1)->last) return Class::letter;
  return (next - 1)->kind;
}

void append_folded(std::string& out, char32_t c) {
  c = base_letter(fold_case(c));
  switch (c) {
    case U'ß': out += "ss"; break;
    case U'æ': out += "ae"; break;
    case U'œ': out += "oe"; break;
    default: append_utf8(out, c);
  }
}

}  // namespace

struct WordReader::Character {
  Class kind = Class::separator;
  std::size_t length = 1;
  char32_t code_point = 0;
};

WordReader::Character WordReader::character(std::size_t at) const {
  const auto byte = static_cast<std::uint8_t>(text_[at]);
  if (byte < 0x80) return {is_ascii_letter(text_[at]) ? Class::letter : Class::separator, 1, byte};
  const Utf8Sequence sequence = utf8_sequence(text_.substr(at));
  if (!sequence.valid) return {Class::separator, sequence.length, 0};
  const char32_t c = narrow(sequence.code_point);
  return {class_of(c), sequence.length, c};
}

bool WordReader::is_letter_at(std::size_t at) const { return at < text_.size() && character(at).kind == Class::letter; }

std::string_view WordReader::term() const {
  const Piece& piece = pieces_[piece_];
  const std::string_view term = std::string_view(folded_).substr(piece.term_begin, piece.term_end - piece.term_begin);
  return term.size() <= kMaxWord ? term : first_code_points(term, kMaxWord);
}

bool WordReader::next() {
  if (++piece_ < pieces_.size()) return true;
  piece_ = 0;
  return read_word();
}

// `@` and `.` count where nothing stands before them: in "@ada" and ".net", not in "a@b", "node.js" and "well...so".
char WordReader::marker_before(std::size_t at) const {
  if (at == 0 || (text_[at - 1] != '@' && text_[at - 1] != '.')) return 0;
  const char marker = text_[at - 1];
  if (marker == '.' && !is_alpha(text_[at])) return 0;
  if (at == 1) return marker;
  const char before = text_[at - 2];
  const bool stands_alone = static_cast<std::uint8_t>(before) < 0x80 && !is_ascii_letter(before) &&
                            !is_joiner(before) && before != '@' && before != '+' && before != '#' && before != ')';
  return stands_alone ? marker : '\0';
}

// Where a word ends that need not be read; `at` if the one that begins there must be.
std::size_t WordReader::end_of_unwanted(std::size_t at) const {
  const char first = folded(text_[at]);
  if (first == 0 || wanted_->test(static_cast<std::uint8_t>(first))) return at;
  std::size_t end = at + 1;
  while (end < text_.size()) {
    if (is_ascii_letter(text_[end])) {
      ++end;
      continue;
    }
    const Character c = character(end);
    if (c.kind != Class::letter && c.kind != Class::mark) break;
    end += c.length;
  }
  if (end == text_.size()) return end;
  const char next = text_[end];
  const bool goes_on = next == '+' || next == '#' || (is_joiner(next) && is_letter_at(end + 1));
  return goes_on ? at : end;
}

bool WordReader::read_word() {
  pieces_.clear();
  folded_.clear();
  Character first;
  while (at_ < text_.size()) {
    if (wanted_ != nullptr) {
      const std::size_t end = end_of_unwanted(at_);
      if (end > at_) {
        at_ = end;
        continue;
      }
    }
    first = character(at_);
    if (first.kind == Class::letter || first.kind == Class::single) break;
    at_ += first.length;
  }
  if (at_ >= text_.size()) return false;

  if (first.kind == Class::single) {
    append_utf8(folded_, first.code_point);
    pieces_.push_back({at_, at_ + first.length, 0, folded_.size()});
    at_ += first.length;
    return true;
  }
  const char marker = marker_before(at_);
  if (marker != 0) folded_.push_back(marker);
  pieces_.push_back({at_ - (marker != 0 ? 1 : 0), 0, 0, 0});
  do {
    read_part();
  } while (reads_joiner());
  pieces_.front().end = at_;
  pieces_.front().term_end = folded_.size();
  // A word without parts and markers is its only part.
  if (pieces_.size() == 2 && marker == 0) pieces_.pop_back();
  // What stands after a marker is a word too, besides its parts.
  if (pieces_.size() > 2 && marker != 0) {
    const Piece& whole = pieces_.front();
    pieces_.insert(pieces_.begin() + 1, {whole.begin + 1, whole.end, whole.term_begin + 1, whole.term_end});
  }
  return true;
}

void WordReader::read_part() {
  Piece part{at_, 0, folded_.size(), 0};
  while (at_ < text_.size()) {
    std::size_t end = at_;
    while (end < text_.size() && is_ascii_letter(text_[end])) ++end;
    if (end > at_) {
      const std::size_t begin = folded_.size();
      folded_.append(text_, at_, end - at_);
      for (std::size_t i = begin; i < folded_.size(); ++i) folded_[i] = folded(folded_[i]);
      at_ = end;
      continue;
    }
    const Character c = character(at_);
    if (c.kind != Class::letter && c.kind != Class::mark) break;
    if (c.kind == Class::letter) append_folded(folded_, c.code_point);
    at_ += c.length;
  }
  read_suffix(text_[at_ - 1]);
  part.end = at_;
  part.term_end = folded_.size();
  pieces_.push_back(part);
}

// `+`, `++` and `#` after a letter belong to the word: c++, f#. Between words (a+b, issue#12) they don't, but c++17 is
// one word.
void WordReader::read_suffix(char last) {
  if (!is_alpha(last)) return;
  const auto at = [this](std::size_t index) { return index < text_.size() ? text_[index] : '\0'; };
  std::size_t length = 0;
  if (at(at_) == '#') length = 1;
  if (at(at_) == '+') length = at(at_ + 1) == '+' ? 2 : 1;
  if (length == 0 || at(at_ + length) == '+' || at(at_ + length) == '#') return;
  if (length == 1 && is_letter_at(at_ + 1)) return;
  folded_.append(text_.substr(at_, length));
  at_ += length;
}

bool WordReader::reads_joiner() {
  if (at_ >= text_.size()) return false;
  if (is_joiner(text_[at_]) && is_letter_at(at_ + 1)) {
    folded_.push_back(text_[at_]);
    ++at_;
    return true;
  }
  return text_[at_ - 1] == '+' && is_letter_at(at_);
}

}  // namespace core
