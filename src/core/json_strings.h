// What is written in a JSON text, for those who search it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace core {

// The strings of valid JSON with `separator` between, in their order, without the names of members.
[[nodiscard]] std::string json_strings(std::string_view json, std::string_view separator);

// Appends the string of valid JSON whose first character stands at `at`, without its escapes; returns where its closing
// quote is.
std::size_t read_json_string(std::string_view json, std::size_t at, std::string& out);

}  // namespace core
