// The project's own sources as text, for the checks that read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace checks {

struct Source {
  std::string path;  // from the checkout's root: "src/feed/posts.h"
  std::string text;
};

// A file of the checkout. Throws std::runtime_error if it cannot be read.
[[nodiscard]] Source read(std::string_view path);

// All .h and .cpp files below a folder, ordered by path.
[[nodiscard]] std::vector<Source> sources(std::string_view folder);

// `text` cut at its newlines.
[[nodiscard]] std::vector<std::string_view> lines(std::string_view text);

// "src/feed/posts.h:12: `what`", as compilers write it.
[[nodiscard]] std::string fault(std::string_view path, std::size_t line, std::string_view what);

// One fault a line, for a test's message.
[[nodiscard]] std::string joined(const std::vector<std::string>& faults);

}  // namespace checks
