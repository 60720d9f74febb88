// What a client asked for, as words, and the MATCH expressions that are made of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/words.h"
#include "search/completions.h"

namespace search {

// At which percentage of a column's weight a word counts.
inline constexpr std::uint8_t kWholePercent = 100;
inline constexpr std::uint8_t kPartsPercent = 70;
inline constexpr std::uint8_t kPrefixPercent = 60;
inline constexpr std::uint8_t kCorrectedPercent = 50;

struct QueryWord {
  std::string term;
  // Of a word like `fine-tuning`: it is also found where its parts stand apart. Empty for others.
  std::vector<std::string> parts;
  // Words of the index that count for it because it is not there itself (see corrections.h).
  std::vector<std::string> corrections;
};

// The columns of one kind's index that free words are looked for in.
struct Columns {
  std::string_view all;                   // an FTS5 column filter ("- {status}"); empty: every column
  std::span<const std::uint8_t> weights;  // of each column in its order; empty where match_weight() is not asked
  bool has_strong = false;                // a column of marked words
  bool has_handle = false;                // a column `handle`: "@ada" is looked for there too
};

// Whether the last word of a query is to match as a whole or as a beginning.
enum class Last { whole, prefix };
// In which columns its words are looked for.
enum class Where { anywhere, strong };

// A MATCH expression for the tokenizer `words`, and the plan that match_weight() takes with it.
struct Expression {
  Last last = Last::whole;
  Where where = Where::anywhere;
  std::string match;
  std::vector<std::uint8_t> plan;
};

// A MATCH expression for one word of the index, or for all that begin like it.
[[nodiscard]] std::string match_word(std::string_view term, bool as_prefix);

// What every found row must have in a column besides the words, or must not have.
struct Condition {
  std::string_view column;
  std::string_view value;  // its words
  bool negated = false;
};

class QueryWords {
 public:
  // Any UTF-8. Words beyond kMaxWords are left out.
  explicit QueryWords(std::string_view text);
  static constexpr std::size_t kMaxWords = 100;

  [[nodiscard]] bool empty() const { return words_.empty(); }
  [[nodiscard]] std::span<QueryWord> words() { return words_; }
  [[nodiscard]] std::span<const QueryWord> words() const { return words_; }
  [[nodiscard]] const QueryWord& last() const { return words_[last_]; }
  [[nodiscard]] bool is_last(const QueryWord& word) const { return &word == &words_[last_]; }
  // All words with a space between: texts with the same key are the same but for case, accents and punctuation.
  [[nodiscard]] const std::string& key() const { return key_; }

  // Whether an expression for beginnings tells those rows apart in which the last word stands as a whole. Of one word
  // in strong columns it does not: those have been asked for by then.
  [[nodiscard]] bool tells_whole(Where where) const { return where == Where::anywhere || words_.size() > 1; }
  // `completions` of the index that is asked, if it is one that has them.
  [[nodiscard]] Expression expression(Last last, Where where, const Columns& columns,
                                      std::span<const Condition> conditions = {},
                                      Completions* completions = nullptr) const;

  // The first word of the query that `term`, a word of a text, stands for; words().size() if it stands for none.
  [[nodiscard]] std::size_t index_of(std::string_view term) const;
  // With what such a word can begin.
  [[nodiscard]] core::WordReader::Beginnings beginnings() const;

 private:
  std::vector<QueryWord> words_;  // each once
  std::size_t last_ = 0;          // the one that was written last
  std::string key_;
};

// The key of any text, see QueryWords::key().
[[nodiscard]] std::string key_of(std::string_view text);

}  // namespace search
