// Completions of what somebody types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.h"

namespace search {

struct Suggestion {
  std::string text;
  std::string_view type;    // skill, agent, organization, job; static
  std::int64_t count = 0;   // how many things bear the text
};

// Texts in which the words of `text` stand, the last of them as the beginning of a word; most used first, each text
// (without case) once.
[[nodiscard]] std::vector<Suggestion> suggest(storage::Database& db, std::string_view text, std::size_t limit);

}  // namespace search
