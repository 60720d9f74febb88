#include "archive/folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/error.h"

namespace archive {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".ndjson";

std::string in_quotes(const std::string& path) { return '"' + path + '"'; }

std::string file_names() {
  std::string names;
  for (const auto kind : kinds()) names.append(names.empty() ? "" : ", ").append(kind).append(kEnding);
  return names;
}

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::error_code error;
  if (const auto size = fs::file_size(path, error); !error) text.reserve(size + 1);
  char block[1 << 16];
  while (file && (file.read(block, sizeof block), file.gcount() > 0)) {
    text.append(block, static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof()) throw core::not_found(in_quotes(path) + " cannot be read: " + std::strerror(errno) + '.');
  return text;
}

}  // namespace

Files::Files(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status)) throw core::not_found(in_quotes(path) + " does not exist.");
    if (fs::is_directory(status)) {
      add_folder(path);
    } else {
      add_file(path);
    }
  }
}

void Files::add_file(const std::string& path) {
  const auto kind = kind_of_file(fs::path(path).filename().string());
  if (kind.empty()) {
    throw core::bad_request(in_quotes(path) + " does not say by its name what it holds: name it " + file_names() + '.');
  }
  sources_.push_back({path, kind, texts_.emplace_back(read_whole(path))});
}

void Files::add_folder(const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.path().filename().string().ends_with(kEnding)) files.push_back(entry.path().string());
  }
  if (error) throw core::not_found(in_quotes(path) + " cannot be read: " + error.message() + '.');
  if (files.empty()) {
    throw core::bad_request("The folder " + in_quotes(path) + " has none of the files of an archive: " + file_names() +
                            '.');
  }
  std::ranges::sort(files);
  for (const std::string& file : files) add_file(file);
}

std::size_t Files::bytes() const {
  std::size_t bytes = 0;
  for (const Source& source : sources_) bytes += source.text.size();
  return bytes;
}

}  // namespace archive
