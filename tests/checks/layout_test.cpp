#include "checks/layout.h"

#include "support/catch.h"

namespace {

using checks::Source;

std::size_t include_fault_count(std::string path, std::string text) {
  return checks::include_faults(Source{std::move(path), std::move(text)}).size();
}

}  // namespace

TEST_CASE("every include goes down the layers", "[checks][layout]") {
  for (const char* folder : {"src", "tests"}) {
    for (const Source& source : checks::sources(folder)) {
      INFO(checks::joined(checks::include_faults(source)));
      CHECK(checks::include_faults(source).empty());
    }
  }
}

TEST_CASE("features include each other without circles", "[checks][layout]") {
  CHECK(checks::circle(checks::feature_includes()) == "");
}

TEST_CASE("sources keep the common style", "[checks][layout]") {
  constexpr std::size_t kLines = 400;
  for (const char* folder : {"src", "tests"}) {
    for (const Source& source : checks::sources(folder)) {
      INFO(checks::joined(checks::style_faults(source)));
      CHECK(checks::style_faults(source).empty());
      const std::size_t count = checks::lines(source.text).size();
      if (count > kLines) WARN(source.path << " has " << count << " lines: look for the noun that is missing in it");
    }
  }
}

TEST_CASE("every source file is in CMakeLists.txt", "[checks][layout]") {
  std::vector<std::string> paths;
  for (const char* folder : {"src", "tests"}) {
    for (const Source& source : checks::sources(folder)) paths.push_back(source.path);
  }
  const auto faults = checks::listing_faults(checks::read("CMakeLists.txt").text, paths);
  INFO(checks::joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("the include check sees what it has to see", "[checks][layout]") {
  SECTION("what is allowed") {
    CHECK(include_fault_count("src/feed/posts.cpp",
                              "#include \"feed/posts.h\"\n#include \"core/clock.h\"\n#include \"agents/agents.h\"\n"
                              "#include <vector>\n#include \"storage/store.h\"\n#include \"http/body.h\"\n") == 0);
    CHECK(include_fault_count("src/server/app.cpp", "#include \"webhooks/outbox.h\"\n#include \"feed/feed.h\"\n") == 0);
    CHECK(include_fault_count("src/cli/serve.cpp", "#include \"server/app.h\"\n#include \"core/ip.h\"\n") == 0);
    CHECK(include_fault_count("src/main.cpp", "#include \"cli/program.h\"\n") == 0);
    CHECK(include_fault_count("src/server/listen_tls.cpp", "#include <httplib.h>\n#include <openssl/ssl.h>\n") == 0);
  }
  SECTION("upwards") {
    CHECK(include_fault_count("src/core/log.cpp", "#include \"http/request.h\"\n") == 1);
    CHECK(include_fault_count("src/storage/store.cpp", "#include \"http/request.h\"\n") == 1);
    CHECK(include_fault_count("src/http/router.cpp", "  #  include \"feed/feed.h\"\n") == 1);
    CHECK(include_fault_count("src/feed/feed.cpp", "#include \"server/app.h\"\n") == 1);
    CHECK(include_fault_count("src/server/app.cpp", "#include \"cli/program.h\"\n") == 1);
  }
  SECTION("across") {
    CHECK(include_fault_count("src/agents/agents.cpp", "#include \"feed/feed.h\"\n") == 1);
    CHECK(include_fault_count("src/feed/feed.cpp", "#include \"webhooks/outbox.h\"\n") == 1);
    CHECK(include_fault_count("src/feed/feed.cpp", "#include \"posts.h\"\n") == 1);
  }
  SECTION("libraries") {
    CHECK(include_fault_count("src/feed/feed.cpp", "#include <httplib.h>\n") == 1);
    CHECK(include_fault_count("src/feed/feed.cpp", "#include <nlohmann/json.hpp>\n") == 1);
    CHECK(include_fault_count("src/http/router.cpp", "#include <openssl/sha.h>\n#include <sqlite3.h>\n") == 2);
    CHECK(include_fault_count("tests/feed/feed_test.cpp", "#include <catch2/catch.hpp>\n") == 1);
  }
  SECTION("circles") {
    CHECK(checks::circle({{"feed", "agents"}, {"agents", "social"}, {"social", "feed"}}) ==
          "feed -> agents -> social -> feed");
    CHECK(checks::circle({{"feed", "agents"}, {"feed", "social"}, {"social", "agents"}}).empty());
  }
}

TEST_CASE("the style check sees what it has to see", "[checks][layout]") {
  const auto count = [](std::string text) {
    return checks::style_faults(Source{"src/core/a.h", "#pragma once\n" + text}).size();
  };
  CHECK(count("int a;\n") == 0);
  CHECK(count(std::string(120, 'x') + "\n") == 0);
  CHECK(count(std::string(121, 'x') + "\n") == 1);
  CHECK(count(std::string(119, 'x') + "ü\n") == 0);
  CHECK(count("\tint a;\n") == 1);
  CHECK(count("int a; \n") == 1);
  CHECK(count("// TO"
              "DO: later\n") == 1);
  CHECK(checks::style_faults(Source{"src/core/a.h", "int a;\n"}).size() == 1);
  CHECK(checks::style_faults(Source{"src/core/a.cpp", "int a;\n"}).empty());
}

TEST_CASE("the listing check sees what it has to see", "[checks][layout]") {
  constexpr std::string_view kCMake =
      "target_sources(x PRIVATE\n  src/core/b.cpp\n  src/core/a.cpp\n)\nadd_executable(y src/main.cpp)\n";
  CHECK(checks::listing_faults(kCMake, {"src/core/a.cpp", "src/core/b.cpp", "src/main.cpp"}).size() == 1);
  CHECK(checks::listing_faults(kCMake, {"src/core/c.cpp"}).size() == 2);
}
