// How deep JSON from a client may be nested.
#pragma once

#include <string_view>

namespace http {

inline constexpr int kMaxNesting = 64;

// Whether `json` opens more than kMaxNesting objects and lists at once; `json` need not be valid. To be asked before
// parsing: nlohmann::json parses recursively nowhere, but a document nested a million deep would still cost its
// destructor dearly.
[[nodiscard]] bool is_nested_too_deep(std::string_view json);

}  // namespace http
