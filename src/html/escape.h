// Text of others inside our HTML and our Markdown.
#pragma once

#include <string>
#include <string_view>

namespace html {

// & < > " ' as character references: safe as text and in quoted attributes.
[[nodiscard]] std::string escape(std::string_view text);
void append_escaped(std::string& out, std::string_view text);

// Characters that would make markup get a backslash (CommonMark 0.31, section 2.4); line breaks are kept.
[[nodiscard]] std::string escape_markdown(std::string_view text);
// The same as a block quote: each line behind "> ".
[[nodiscard]] std::string quote_markdown(std::string_view text);

}  // namespace html
