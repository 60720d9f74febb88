#include "search/completions.h"

#include "core/text.h"

namespace search {
namespace {

// Looking for a word costs about as much as merging some hundred rows.
constexpr std::size_t kMost = 32;

}  // namespace

std::optional<std::vector<std::string>> Completions::of(std::string_view beginning) {
  if (core::count_code_points(beginning) <= indexed_) return std::nullopt;
  if (!terms_) terms_.emplace(db_, segments_);
  std::vector<std::string> words;
  std::string_view word = terms_->first_from(beginning);
  while (word.starts_with(beginning)) {
    if (words.size() == kMost) return std::nullopt;
    words.emplace_back(word);
    word = terms_->first_from(words.back() + '\0');
  }
  return words;
}

}  // namespace search
