#include "search/corrections.h"

#include <algorithm>
#include <string>
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

// Walks the words of an index that are one error away from one word: not by trying every letter, but by asking the
// index which letters follow a beginning.
class Neighbours {
 public:
  Neighbours(storage::Database& db, const Subject& subject, const QueryWord& word, bool as_prefix)
      : db_(db), subject_(subject), letters_(letters_of(word.term)), as_prefix_(as_prefix) {}

  std::vector<std::string> find() {
    for (std::size_t at = 0; at <= letters_.size() && found_.size() < kMaxCorrections; ++at) {
      const Letters before = letters_.substr(0, at);
      const Letters after = letters_.substr(at);
      if (at < letters_.size()) check(before + after.substr(1));
      if (at + 1 < letters_.size()) check(before + after[1] + after[0] + after.substr(2));
      if (!try_letters(before, after)) break;  // nothing begins like this
    }
    return std::move(found_);
  }

 private:
  // False if no word begins with `before`.
  bool try_letters(const Letters& before, const Letters& after) {
    const std::string beginning = text_of(before);
    std::string from = beginning.empty() ? "!" : beginning;  // marked words come before
    for (int tried = 0; tried < kMaxLetters; ++tried) {
      const auto word = subject_.word_from(db_, from);
      if (!word || !word->starts_with(beginning)) return tried > 0;
      if (word->size() == beginning.size()) {  // the beginning is a word itself
        from = beginning + '!';
        continue;
      }
      const char32_t letter = core::utf8_sequence(std::string_view(*word).substr(beginning.size())).code_point;
      if (letter > kLastTriedLetter) break;
      if (!after.empty() && letter != after.front()) check(before + letter + after.substr(1));
      check(before + letter + after);
      from = beginning;
      core::append_utf8(from, letter + 1);
    }
    return true;
  }

  void check(const Letters& candidate) {
    const std::string text = text_of(candidate);
    const auto word = subject_.word_from(db_, text);
    if (!word || !(as_prefix_ ? word->starts_with(text) : *word == text)) return;
    if (std::ranges::find(found_, *word) == found_.end() && found_.size() < kMaxCorrections) found_.push_back(*word);
  }

  storage::Database& db_;
  const Subject& subject_;
  const Letters letters_;
  const bool as_prefix_;
  std::vector<std::string> found_;
};

bool is_known(storage::Database& db, const Subject& subject, std::string_view term, bool as_prefix) {
  const auto word = subject.word_from(db, term);
  return word && (as_prefix ? word->starts_with(term) : *word == term);
}

}  // namespace

bool correct(QueryWords& words, storage::Database& db, const Subject& subject) {
  std::vector<QueryWord*> unknown;
  for (QueryWord& word : words.words()) {
    word.corrections.clear();
    if (is_known(db, subject, word.term, words.is_last(word))) continue;
    const std::size_t length = core::count_code_points(word.term);
    if (length < kMinLength || length > kMaxLength || unknown.size() == kMaxUnknown) return false;
    unknown.push_back(&word);
  }
  for (QueryWord* word : unknown) {
    word->corrections = Neighbours(db, subject, *word, false).find();
    if (word->corrections.empty() && words.is_last(*word)) {
      word->corrections = Neighbours(db, subject, *word, true).find();
    }
    if (!word->corrections.empty()) continue;
    for (QueryWord& other : words.words()) other.corrections.clear();
    return false;
  }
  return !unknown.empty();
}

}  // namespace search
