// The part of TOML 1.0 that a flat list of options needs: comments, keys, strings (basic and literal, on one line),
// integers, floats, booleans and arrays of these. Tables, dates and multi-line strings are refused by name.
//
// Read here and not by CLI11's reader, which takes nearly anything for a value and reports no line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct TomlEntry {
  std::string key;
  std::vector<std::string> values;  // one; for an array its items. Numbers and booleans as they were written
  int line = 0;
};

// Throws UsageError naming `file` and the line. A key may come once.
[[nodiscard]] std::vector<TomlEntry> read_toml(std::string_view text, const std::string& file);

}  // namespace cli
