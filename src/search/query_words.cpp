#include "search/query_words.h"

#include <algorithm>

#include "core/words.h"
#include "storage/functions.h"

namespace search {
namespace {

void append_term(std::string& match, std::string_view term) {
  match += '"';
  for (const char c : term) {
    if (c == '"') match += '"';
    match += c;
  }
  match += '"';
}

// Appends phrases to a MATCH expression and notes in the plan what each of them means.
class ExpressionWriter {
 public:
  // `marked`: as words stand in the column `strong`. `weighed`: a whole word counts more than one that begins with it.
  ExpressionWriter(Expression& expression, const Columns& columns, bool marked, bool weighed, Completions* completions)
      : out_(expression), columns_(columns), marked_(marked), weighed_(weighed), completions_(completions) {
    constexpr std::size_t kUsual = 64;
    out_.plan.reserve(kUsual);
    out_.plan.push_back(static_cast<std::uint8_t>(columns.weights.size()));
    out_.plan.insert(out_.plan.end(), columns.weights.begin(), columns.weights.end());
  }

  void text(std::string_view operators) { out_.match += operators; }

  void word(const QueryWord& word, std::size_t index, bool prefix) {
    text("(");
    if (!prefix) {
      phrase(indexed(word.term), false, index, kWholePercent);
    } else if (weighed_) {
      phrase(indexed(word.term), false, index, kWholePercent);
      longer(indexed(word.term), index, kPrefixPercent);
    } else {
      beginning(indexed(word.term), index, kPrefixPercent);
    }
    if (!word.parts.empty()) {
      text(" OR (");
      for (std::size_t part = 0; part < word.parts.size(); ++part) {
        if (part > 0) text(" AND ");
        either(indexed(word.parts[part]), prefix && part + 1 == word.parts.size(), index, kPartsPercent);
      }
      text(")");
    }
    if (columns_.has_handle && word.term.front() == '@') {
      const std::string_view handle = std::string_view(word.term).substr(1);
      if (marked_) alternative(indexed(handle), false, index, kWholePercent);
      text(" OR handle : ");
      either(handle, prefix, index, kWholePercent);
    }
    for (const std::string& correction : word.corrections) {
      alternative(indexed(correction), false, index, kCorrectedPercent);
    }
    text(")");
  }

  void condition(const Condition& condition) {
    text(condition.negated ? " NOT (" : " AND (");
    text(condition.column);
    text(" : (");
    bool first = true;
    for (core::WordReader words(condition.value); words.next();) {
      if (words.is_part()) continue;
      if (!first) text(" AND ");
      first = false;
      phrase(words.term(), false, storage::kNoWord, 0);
    }
    if (first) phrase("", false, storage::kNoWord, 0);  // a value without words: found nowhere
    text("))");
  }

 private:
  // As it stands in the columns that are asked.
  std::string indexed(std::string_view term) const {
    return marked_ ? storage::kMark + std::string(term) : std::string(term);
  }

  void phrase(std::string_view term, bool prefix, std::size_t word, std::uint8_t percent) {
    append_term(out_.match, term);
    if (prefix) out_.match += " *";
    out_.plan.push_back(static_cast<std::uint8_t>(word));
    out_.plan.push_back(percent);
  }

  void alternative(std::string_view term, bool prefix, std::size_t word, std::uint8_t percent) {
    text(" OR ");
    phrase(term, prefix, word, percent);
  }

  // What begins with the term, with itself.
  void beginning(std::string_view term, std::size_t word, std::uint8_t percent) {
    const auto completions = completions_of(term);
    phrase(term, !completions, word, percent);
    if (completions) alternatives(*completions, term, word, percent);
  }

  // Alternatives for what begins with the term and goes on.
  void longer(std::string_view term, std::size_t word, std::uint8_t percent) {
    const auto completions = completions_of(term);
    if (!completions) return alternative(term, true, word, percent);
    alternatives(*completions, term, word, percent);
  }

  std::optional<std::vector<std::string>> completions_of(std::string_view term) {
    return completions_ != nullptr ? completions_->of(term) : std::nullopt;
  }

  void alternatives(const std::vector<std::string>& terms, std::string_view but, std::size_t word,
                    std::uint8_t percent) {
    for (const std::string& term : terms) {
      if (term != but) alternative(term, false, word, percent);
    }
  }

  void either(std::string_view term, bool prefix, std::size_t word, std::uint8_t percent) {
    text("(");
    if (prefix) {
      beginning(term, word, percent);
    } else {
      phrase(term, false, word, percent);
    }
    text(")");
  }

  Expression& out_;
  const Columns& columns_;
  const bool marked_;
  const bool weighed_;
  Completions* const completions_;
};

bool is_plain(std::string_view term) { return term.find_first_of("@+#") == term.npos && term.front() != '.'; }

}  // namespace

std::string match_word(std::string_view term, bool as_prefix) {
  std::string match;
  append_term(match, term);
  if (as_prefix) match += " *";
  return match;
}

QueryWords::QueryWords(std::string_view text) : key_(key_of(text)) {
  std::size_t whole = 0;
  for (core::WordReader reader(text); reader.next();) {
    if (reader.is_part()) {
      QueryWord& word = words_[whole];
      if (is_plain(word.term) && std::ranges::find(word.parts, reader.term()) == word.parts.end()) {
        word.parts.emplace_back(reader.term());
      }
      continue;
    }
    const auto known = std::ranges::find(words_, reader.term(), &QueryWord::term);
    whole = static_cast<std::size_t>(known - words_.begin());
    if (known == words_.end()) {
      if (words_.size() == kMaxWords) break;
      words_.push_back({.term = std::string(reader.term())});
    }
    last_ = whole;
  }
}

Expression QueryWords::expression(Last last, Where where, const Columns& columns,
                                  std::span<const Condition> conditions, Completions* completions) const {
  Expression expression{.last = last, .where = where};
  ExpressionWriter writer(expression, columns, where == Where::strong,
                          !columns.weights.empty() && tells_whole(where), completions);
  writer.text("(");
  if (where == Where::anywhere && !columns.all.empty()) {
    writer.text(columns.all);
    writer.text(" : ");
  }
  writer.text("(");
  for (std::size_t index = 0; index < words_.size(); ++index) {
    if (index > 0) writer.text(" AND ");
    writer.word(words_[index], index, last == Last::prefix && index == last_);
  }
  writer.text("))");
  for (const Condition& condition : conditions) writer.condition(condition);
  return expression;
}

std::size_t QueryWords::index_of(std::string_view term) const {
  for (std::size_t index = 0; index < words_.size(); ++index) {
    const QueryWord& word = words_[index];
    const bool prefix = index == last_;
    const auto is = [&](std::string_view wanted) {
      return term.starts_with(wanted) && (prefix || term.size() == wanted.size());
    };
    if (is(word.term) || std::ranges::find(word.corrections, term) != word.corrections.end()) return index;
    if (word.term.front() == '@' && is(std::string_view(word.term).substr(1))) return index;
    for (const std::string& part : word.parts) {
      if (term == part || (prefix && &part == &word.parts.back() && term.starts_with(part))) return index;
    }
  }
  return words_.size();
}

core::WordReader::Beginnings QueryWords::beginnings() const {
  core::WordReader::Beginnings begins;
  const auto add = [&](std::string_view term) {
    const bool has_sign = term.size() > 1 && (term.front() == '@' || term.front() == '.');
    begins.set(static_cast<std::uint8_t>(term[has_sign ? 1 : 0]));
  };
  for (const QueryWord& word : words_) {
    add(word.term);
    std::ranges::for_each(word.parts, add);
    std::ranges::for_each(word.corrections, add);
  }
  return begins;
}

std::string key_of(std::string_view text) {
  std::string key;
  for (core::WordReader reader(text); reader.next();) {
    if (reader.is_part()) continue;
    if (!key.empty()) key += ' ';
    key += reader.term();
  }
  return key;
}

}  // namespace search
