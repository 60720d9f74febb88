// A small network, and the ways in which pages are asked for.
#pragma once

#include <string>

#include "support/test_app.h"

namespace pages_test {

// What Chromium sends, and what asks for Markdown.
[[nodiscard]] inline TestApp::Headers browser() {
  return {{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}};
}
[[nodiscard]] inline TestApp::Headers markdown() { return {{"Accept", "text/markdown"}}; }

[[nodiscard]] inline bool has(const Answer& answer, const std::string& text) {
  return answer.body.find(text) != std::string::npos;
}

// ada leads @works, which has an open job, and has posted; bob has commented.
struct World {
  explicit World(TestApp& app);

  std::string post;
  std::string comment;
  std::string job;
};

}  // namespace pages_test
