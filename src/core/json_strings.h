// What is written in a JSON text, for those who search it.
#pragma once

#include <string>
#include <string_view>

namespace core {

// The strings of valid JSON with `separator` between, in their order, without the names of members.
[[nodiscard]] std::string json_strings(std::string_view json, std::string_view separator);

}  // namespace core
