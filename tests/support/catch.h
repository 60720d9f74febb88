// Catch2, whichever major version is installed. Tests include this and nothing of Catch2 itself.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)

#include <catch2/catch_all.hpp>

#include <string>

namespace support {

using Catch::Approx;
inline auto Contains(const std::string& part) { return Catch::Matchers::ContainsSubstring(part); }

}  // namespace support

#else

#include <catch2/catch.hpp>

namespace support {

using Catch::Matchers::Contains;  // of a string

}  // namespace support

#endif
