#include "checks/layout.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <regex>

namespace checks {

namespace {

using Names = std::vector<std::string_view>;

// The layers under the features, each with what it may include besides itself.
const std::vector<std::pair<std::string_view, Names>> kFoundations = {
    {"core", {}},
    {"storage", {"core"}},
    {"http", {"core", "events", "storage"}},
    {"events", {"core", "storage"}},
    {"html", {"core", "http"}},
};

// A feature includes the foundations, and another feature only where this says so.
const std::vector<std::pair<std::string_view, std::string_view>> kFeatureIncludes = {
    {"console", "agents"},
    {"console", "journal"},
    {"feed", "agents"},
    {"jobs", "agents"},
    {"jobs", "organizations"},
    {"mcp", "openapi"},
    {"notifications", "agents"},
    {"organizations", "agents"},
    {"prompts", "agents"},
    {"prompts", "feed"},
    {"prompts", "jobs"},
    {"search", "agents"},
    {"search", "feed"},
    {"social", "agents"},
    {"social", "feed"},
    {"testing", "journal"},
};

// They listen to events; only server/ knows that they are there.
const Names kListeners = {"notifications", "pages", "webhooks"};

// Above the features, each may include all that is below it.
const Names kTop = {"archive", "server", "cli", "main"};

// Libraries, and the beginnings of the paths that may include them.
struct Library {
  std::string_view header;  // the beginning of what is included
  Names allowed;
};
const std::vector<Library> kLibraries = {
    {"httplib.h", {"src/server/listen", "tests/"}},
    {"kainjow/", {"src/html/template.cpp"}},
    {"nlohmann/",
     {"src/http/body", "src/cli/config", "src/cli/import", "src/mcp/", "src/openapi/", "tests/"}},
    {"openssl/", {"src/core/crypto.cpp", "src/server/listen", "src/webhooks/send_tls", "tests/"}},
    {"sqlite3.h", {"src/storage/", "tests/"}},
    {"SQLiteCpp/", {"src/storage/", "tests/"}},
    {"CLI/", {"src/cli/"}},
    {"catch2/", {"tests/support/catch.h"}},
};

template <class List>
bool contains(const List& list, const typename List::value_type& value) {
  return std::ranges::find(list, value) != list.end();
}

// "feed" of "src/feed/posts.h", "main" of "src/main.cpp"; nothing for a file outside of src/.
std::optional<std::string_view> folder_of(std::string_view path) {
  constexpr std::string_view kRoot = "src/";
  if (!path.starts_with(kRoot)) return std::nullopt;
  path.remove_prefix(kRoot.size());
  return path.substr(0, path.find_first_of("/."));
}

std::size_t rank_in_top(std::string_view folder) {
  return static_cast<std::size_t>(std::ranges::find(kTop, folder) - kTop.begin());
}

bool is_foundation(std::string_view folder) {
  return std::ranges::any_of(kFoundations, [&](const auto& layer) { return layer.first == folder; });
}

// Empty if `from` may include `to`, else why not.
std::string refusal(std::string_view from, std::string_view to) {
  if (from == to) return {};
  if (contains(kTop, from)) {
    const bool below = !contains(kTop, to) || rank_in_top(to) < rank_in_top(from);
    return below ? "" : "the layers go main, cli -> server -> archive -> features";
  }
  if (contains(kTop, to)) return "only what is above it includes " + std::string(to) + "/";
  for (const auto& [layer, allowed] : kFoundations) {
    if (layer == from) return contains(allowed, to) ? "" : std::string(from) + "/ is below " + std::string(to) + "/";
  }
  if (is_foundation(to)) return {};
  if (contains(kListeners, to)) return "nobody includes " + std::string(to) + "/: publish an event and let it listen";
  if (contains(kFeatureIncludes, {from, to})) return {};
  return "a feature includes another only where kFeatureIncludes of tests/checks/layout.cpp says so";
}

}  // namespace

std::vector<std::string> include_faults(const Source& source) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  std::vector<std::string> faults;
  std::size_t number = 0;
  const auto folder = folder_of(source.path);
  for (const std::string_view line : lines(source.text)) {
    ++number;
    std::cmatch match;
    if (!std::regex_search(line.data(), line.data() + line.size(), match, kInclude)) continue;
    const std::string header = match[2];
    const std::string what = "includes " + header + ", but ";

    const auto library =
        std::ranges::find_if(kLibraries, [&](const Library& one) { return header.starts_with(one.header); });
    if (library != kLibraries.end()) {
      if (std::ranges::none_of(library->allowed, [&](auto path) { return source.path.starts_with(path); })) {
        faults.push_back(fault(source.path, number, what + "only " + std::string(library->allowed.front()) + "… may"));
      }
      continue;
    }
    if (!folder || match[1] == "<") continue;
    const std::size_t slash = header.find('/');
    if (slash == std::string::npos) {
      faults.push_back(fault(source.path, number, what + "our own headers are named from src/: \"folder/name.h\""));
    } else if (const std::string why = refusal(*folder, header.substr(0, slash)); !why.empty()) {
      faults.push_back(fault(source.path, number, what + why));
    }
  }
  return faults;
}

std::vector<std::string> style_faults(const Source& source) {
  constexpr std::size_t kColumns = 120;
  const auto starts_character = [](char byte) { return (byte & 0xC0) != 0x80; };
  static const std::regex kUndone(R"re(\b(TO)DO\b|\b(FIX)ME\b)re");
  std::vector<std::string> faults;
  std::size_t number = 0;
  for (const std::string_view line : lines(source.text)) {
    ++number;
    const auto columns = static_cast<std::size_t>(std::ranges::count_if(line, starts_character));
    if (columns > kColumns) faults.push_back(fault(source.path, number, "is longer than 120 columns"));
    if (line.find('\t') != line.npos) faults.push_back(fault(source.path, number, "has a tab"));
    if (line.ends_with(' ')) faults.push_back(fault(source.path, number, "ends with a space"));
    if (std::regex_search(line.begin(), line.end(), kUndone)) {
      faults.push_back(fault(source.path, number, "notes work undone: do it, or say why it is as it is"));
    }
  }
  if (source.path.ends_with(".h") && source.text.find("#pragma once\n") == std::string::npos) {
    faults.push_back(fault(source.path, 1, "has no #pragma once"));
  }
  return faults;
}

std::vector<std::string> listing_faults(std::string_view cmake, const std::vector<std::string>& paths) {
  static const std::regex kListed(R"re(^  ((?:src|tests)/\S+\.cpp)$)re");
  std::vector<std::string> faults;
  std::vector<std::string> listed;
  std::string before;  // the line above in the same block
  std::size_t number = 0;
  for (const std::string_view line : lines(cmake)) {
    ++number;
    std::cmatch match;
    if (!std::regex_match(line.data(), line.data() + line.size(), match, kListed)) {
      before.clear();
      continue;
    }
    const std::string path = match[1];
    if (!before.empty() && path <= before) {
      faults.push_back(fault("CMakeLists.txt", number, path + " belongs above " + before));
    }
    before = path;
    listed.push_back(path);
  }
  for (const std::string& path : paths) {
    if (path.ends_with(".cpp") && !contains(listed, path) && cmake.find(" " + path + ")") == cmake.npos) {
      faults.push_back(fault(path, 1, "is not listed in CMakeLists.txt, so it is never compiled"));
    }
  }
  return faults;
}

const std::vector<std::pair<std::string_view, std::string_view>>& feature_includes() { return kFeatureIncludes; }

std::string circle(const std::vector<std::pair<std::string_view, std::string_view>>& includes) {
  std::vector<std::string_view> way;
  const std::function<bool(std::string_view)> returns = [&](std::string_view from) {
    const bool seen = contains(way, from);
    way.push_back(from);
    if (seen) return true;
    for (const auto& [who, whom] : includes) {
      if (who == from && returns(whom)) return true;
    }
    way.pop_back();
    return false;
  };
  for (const auto& [who, whom] : includes) {
    if (!returns(who)) continue;
    std::string text;
    for (const std::string_view step : way) text += (text.empty() ? "" : " -> ") + std::string(step);
    return text;
  }
  return {};
}

}  // namespace checks
