// The part of a found text that shows why it was found, as HTML.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "search/query_words.h"

namespace search {

// Code points of text in a highlight; longer fields are cut around the first match, with "…" where something is left
// out.
inline constexpr std::size_t kMaxHighlight = 200;

// The field in which most of the query's words stand (the first of them where several have as many), the matched
// words between <mark> and </mark>, and everything else escaped for HTML. Without any match, the beginning of the
// first field.
[[nodiscard]] std::string highlight(std::span<const std::string_view> fields, const QueryWords& words);

}  // namespace search
