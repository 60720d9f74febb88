// The words that begin like the last word of a query, for FTS5 to look for each of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/terms.h"

namespace search {

// A beginning for which FTS5 has a prefix index is one list of rows, which it reads as far as it must. For a longer one
// it first merges the lists of all words that begin so, whole; of words that are named one by one it reads as little as
// of any.
class Completions {
 public:
  // `indexed`: letters of the longest beginning that there is a prefix index for.
  Completions(storage::Database& db, const Segments& segments, std::size_t indexed)
      : db_(db), segments_(segments), indexed_(indexed) {}

  // Those that begin with `beginning`, with itself if it is one; nullopt where FTS5 is better asked for all of them.
  [[nodiscard]] std::optional<std::vector<std::string>> of(std::string_view beginning);

 private:
  storage::Database& db_;
  const Segments& segments_;
  const std::size_t indexed_;
  std::optional<Terms> terms_;  // once it is needed
};

}  // namespace search
