#include "search/corrections.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/text.h"

namespace search {
namespace {

// Words shorter than this are one letter away from everything.
constexpr std::size_t kMinLength = 3;
// Longer ones are not words; a walk costs time with their length.
constexpr std::size_t kMaxLength = 32;
// Of a query's unknown words; with more of them it is not typing errors that nothing is found for.
constexpr std::size_t kMaxUnknown = 3;
constexpr std::size_t kMaxCorrections = 16;
// Letters that are tried at one place.
constexpr int kMaxLetters = 64;
constexpr char32_t kLastTriedLetter = 0x2E7F;  // ideographs are words of their own

using Letters = std::u32string;

Letters letters_of(std::string_view text) {
  Letters letters;
  while (!text.empty()) {
    const core::Utf8Sequence sequence = core::utf8_sequence(text);
    letters += sequence.code_point;
    text.remove_prefix(sequence.length);
  }
  return letters;
}

std::string text_of(const Letters& letters) {
  std::string text;
  for (const char32_t letter : letters) core::append_utf8(text, letter);
  return text;
}

using Words = std::vector<std::string>;

// Those words of an index that are one error away from one word.
class Neighbours {
 public:
  Neighbours(Terms& terms, std::string_view word) : terms_(terms) {
    const Letters letters = letters_of(word);
    for (std::size_t at = 0; at <= letters.size() && words_.size() < kMaxCorrections; ++at) {
      const std::string before = text_of(letters.substr(0, at));
      const Letters after = letters.substr(at);
      if (at < letters.size()) look_for(before + text_of(after.substr(1)));
      if (at + 1 < letters.size()) {
        Letters swapped = after;
        std::swap(swapped[0], swapped[1]);
        look_for(before + text_of(swapped));
      }
      // Another letter in the place of this one, or one more before it.
      std::vector<std::string> ends = {text_of(after)};
      if (at < letters.size()) ends.push_back(text_of(after.substr(1)));
      if (!try_letters(before, std::move(ends))) break;  // nothing begins like this
    }
  }

  [[nodiscard]] const Words& words() const { return words_; }
  // Words that begin with what is one error away.
  [[nodiscard]] const Words& longer_words() const { return longer_words_; }

 private:
  void look_for(std::string_view candidate) { compare(terms_.first_from(candidate), candidate); }

  // Looks for each `before` + a letter + one of `ends`. The word that stands in the index where such a candidate would
  // tells which letter comes next. Returns false if no word begins with `before` and goes on.
  bool try_letters(const std::string& before, std::vector<std::string> ends) {
    std::ranges::sort(ends);  // whoever walks on finds the next one on the same page more often
    char32_t letter = U'!';   // marked words come before
    bool any = false;
    for (int tried = 0; tried < kMaxLetters; ++tried, ++letter) {
      std::string candidate = with_letter(before, letter, ends.front());
      std::string_view word = terms_.first_from(candidate);
      if (word.empty() || !word.starts_with(before)) break;
      any = true;
      const char32_t next = core::utf8_sequence(word.substr(before.size())).code_point;
      if (next > kLastTriedLetter) break;
      if (next != letter) {
        letter = next;
        candidate = with_letter(before, letter, ends.front());
        if (word < candidate) word = terms_.first_from(candidate);
      }
      compare(word, candidate);
      for (const std::string& end : std::span(ends).subspan(1)) look_for(with_letter(before, letter, end));
    }
    return any;
  }

  static std::string with_letter(const std::string& before, char32_t letter, const std::string& end) {
    std::string text = before;
    core::append_utf8(text, letter);
    return text + end;
  }

  // `word` is the first one that is not below the candidate.
  void compare(std::string_view word, std::string_view candidate) {
    if (word == candidate) add(words_, word);
    if (word.starts_with(candidate)) add(longer_words_, word);
  }

  static void add(Words& words, std::string_view word) {
    if (words.size() < kMaxCorrections && std::ranges::find(words, word) == words.end()) words.emplace_back(word);
  }

  Terms& terms_;
  Words words_;
  Words longer_words_;
};

// A kind's index: FTS5's own answers, and the words it keeps.
struct Index {
  storage::Database& db;
  const Subject& subject;
  Terms terms{db, subject.segments};

  [[nodiscard]] bool has(std::string_view term, bool as_prefix) const {
    return subject.has(db, match_word(term, as_prefix));
  }

  [[nodiscard]] bool knows(std::string_view term, bool as_prefix) {
    if (!as_prefix) return has(term, false);
    const std::string word(terms.first_from(term));
    return word.starts_with(term) && (has(word, false) || has(term, true));
  }

  [[nodiscard]] Words corrections(std::string_view term, bool as_prefix) {
    const Neighbours neighbours(terms, term);
    Words found = present(neighbours.words());
    return found.empty() && as_prefix ? present(neighbours.longer_words()) : found;
  }

 private:
  [[nodiscard]] Words present(Words words) const {
    std::erase_if(words, [&](const std::string& word) { return !has(word, false); });
    return words;
  }
};

}  // namespace

bool correct(QueryWords& words, storage::Database& db, const Subject& subject) {
  Index index{db, subject};
  std::vector<QueryWord*> unknown;
  for (QueryWord& word : words.words()) {
    word.corrections.clear();
    if (index.knows(word.term, words.is_last(word))) continue;
    const std::size_t length = core::count_code_points(word.term);
    if (length < kMinLength || length > kMaxLength || unknown.size() == kMaxUnknown) return false;
    unknown.push_back(&word);
  }
  for (QueryWord* word : unknown) {
    word->corrections = index.corrections(word->term, words.is_last(*word));
    if (!word->corrections.empty()) continue;
    for (QueryWord& other : words.words()) other.corrections.clear();
    return false;
  }
  return !unknown.empty();
}

}  // namespace search
