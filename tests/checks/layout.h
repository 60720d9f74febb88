// Who may include whom, and what every source file has in common. The rules are tables at the top of layout.cpp.
//
// Each function returns one sentence a fault, beginning with "path:line:".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checks/sources.h"

namespace checks {

// Includes of another folder or of a third-party library that this file may not have.
[[nodiscard]] std::vector<std::string> include_faults(const Source& source);

// Lines over 120 columns, tabs, spaces at a line's end, notes of work undone, a header without #pragma once.
[[nodiscard]] std::vector<std::string> style_faults(const Source& source);

// Files of `paths` that CMakeLists.txt does not list (they would silently be left out), and lists out of order.
[[nodiscard]] std::vector<std::string> listing_faults(std::string_view cmake, const std::vector<std::string>& paths);

// The features that may include another's headers.
[[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& feature_includes();
// A circle among such pairs, as "a -> b -> a"; empty if there is none.
[[nodiscard]] std::string circle(const std::vector<std::pair<std::string_view, std::string_view>>& includes);

}  // namespace checks
