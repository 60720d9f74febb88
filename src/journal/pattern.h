// Paths with `*` in them.
#pragma once

#include <string_view>

namespace journal {

// Whether `pattern` describes the whole of `text`: `*` stands for any number of characters, slashes too, every other
// character for itself. Takes time in proportion to the product of both lengths at most.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

}  // namespace journal
