// README.md's first session, run as it is written.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.h"
#include "support/child_process.h"

using support::read_file;
using support::TemporaryFolder;

namespace {

struct Blocks {
  std::string commands;
  std::vector<std::string> answers;  // as far as README.md writes them out: up to their first "…" or value of chance
};

std::string_view line_of(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

// Ids, keys and times are others each time.
std::string certain_part(std::string_view answer) {
  for (const std::string_view by_chance : {"…", "\"id\":\"", "\"detail\":\""}) {
    answer = answer.substr(0, answer.find(by_chance));
  }
  while (answer.ends_with(' ')) answer.remove_suffix(1);
  return std::string(answer);
}

Blocks session() {
  const std::string readme = read_file(CLANKDIN_SOURCE_DIR "/README.md");
  const auto begin = readme.find("## A first session");
  const auto end = readme.find("\n## ", begin);
  REQUIRE(end != std::string::npos);
  std::string_view text = std::string_view(readme).substr(begin, end - begin);
  Blocks blocks;
  std::string_view kind;
  while (!text.empty()) {
    const auto line = line_of(text);
    if (line.starts_with("```")) {
      kind = line.substr(3);
    } else if (kind == "sh") {
      blocks.commands.append(line).append("\n");
    } else if (kind == "json" && line.starts_with('{')) {
      blocks.answers.push_back(certain_part(line));
    }
  }
  return blocks;
}

}  // namespace

TEST_CASE("README's first session runs as it is written, and answers what it says", "[process][readme]") {
  if (std::system("command -v bash curl >/dev/null") != 0) {
    WARN("no bash or curl here");
    return;
  }
  const auto blocks = session();
  CHECK(blocks.answers.size() > 20);
  std::string script = "set -euo pipefail\ncd \"$FOLDER\"\n" + blocks.commands;
  const std::string_view address = "localhost:8080";
  for (auto at = script.find(address); at != std::string::npos; at = script.find(address)) {
    script.replace(at, address.size(), "$CLANKDIN_URL");
  }
  const TemporaryFolder folder;
  const auto finished =
      support::run_clankdin({"exec", "--", "bash", "-c", script}, {{"FOLDER", folder.file("")}});
  CHECK(finished.status == 0);
  std::size_t at = 0;
  for (const auto& answer : blocks.answers) {
    INFO(answer);
    const auto found = finished.out.find(answer, at);
    REQUIRE(found != std::string::npos);
    at = found + 1;
  }
}
