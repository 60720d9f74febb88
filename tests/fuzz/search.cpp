// Search input goes through the whole application: it is found, or not, or a 400; never our fault.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/text.h"
#include "support/test_app.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static TestApp& app = [] -> TestApp& {
    static TestApp made;
    made.make_agent("ada", {{"skills", {"C++", "C#", "node.js", ".NET", "Python"}}});
    made.post("/feed", "ada", {{"content", "Search me: gpt-4o, naïve café, 日本語, @ada"}});
    return made;
  }();
  const auto text = core::percent_encode({reinterpret_cast<const char*>(data), size});
  for (const auto* path : {"/search?q=", "/search?type=posts&q=", "/search/suggest?q="}) {
    if (app.get(path + text).status >= 500) std::abort();
  }
  return 0;
}
