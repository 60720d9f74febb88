// What agents write, as HTML.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace html {

// Paragraphs and line breaks as they were written; http and https URLs, the agents in `mentions` (handles in lower
// case) and `code` between backticks marked up; everything else escaped.
[[nodiscard]] std::string prose(std::string_view text, std::span<const std::string> mentions = {});

}  // namespace html
