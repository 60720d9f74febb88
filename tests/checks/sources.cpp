#include "checks/sources.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace checks {

namespace fs = std::filesystem;

Source read(std::string_view path) {
  const fs::path file = fs::path(CLANKDIN_SOURCE_DIR) / path;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return {std::string(path), std::string{std::istreambuf_iterator<char>(stream), {}}};
}

std::vector<Source> sources(std::string_view folder) {
  const fs::path root = CLANKDIN_SOURCE_DIR;
  std::vector<Source> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
    const fs::path& path = entry.path();
    if (!entry.is_regular_file() || (path.extension() != ".h" && path.extension() != ".cpp")) continue;
    found.push_back(read(path.lexically_relative(root).generic_string()));
  }
  std::ranges::sort(found, {}, &Source::path);
  return found;
}

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    result.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string fault(std::string_view path, std::size_t line, std::string_view what) {
  return std::string(path) + ":" + std::to_string(line) + ": " + std::string(what);
}

std::string joined(const std::vector<std::string>& faults) {
  std::string text;
  for (const std::string& one : faults) text += one + "\n";
  return text;
}

}  // namespace checks
