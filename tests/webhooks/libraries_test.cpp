// Real deliveries against the public libraries that receivers verify them with: npm packages, pinned in verify/, which
// only this test uses.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/catch.h"
#include "support/temporary_folder.h"
#include "support/test_app.h"
#include "webhooks/receiver.h"

namespace {

const std::string kFolder = std::string(CLANKDIN_SOURCE_DIR) + "/tests/webhooks/verify";

struct Ran {
  int status = 0;
  std::string out;
};

Ran run(const std::string& command) {
  Ran ran;
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> part;
  while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe)) ran.out.append(part.data(), size);
  ran.status = ::pclose(pipe);
  return ran;
}

// Installs the packages as the lock file has them, once; false where that cannot be done here.
bool install() {
  if (std::system("command -v node >/dev/null && command -v npm >/dev/null") != 0) return false;
  if (std::filesystem::exists(kFolder + "/node_modules/svix")) return true;
  return run("cd '" + kFolder + "' && timeout 180 npm ci --no-audit --no-fund 2>&1").status == 0;
}

}  // namespace

TEST_CASE("standardwebhooks, svix and @octokit/webhooks-methods verify deliveries", "[webhooks][libraries]") {
  if (!install()) {
    WARN("skipped: node and npm with access to their registry are needed to verify deliveries with the libraries");
    return;
  }
  TestApp app;
  support::Receiver receiver;
  const auto webhook = app.post("/webhooks/register", "ada", {{"url", receiver.url()}}).json["webhook"];
  const std::string path = "/webhooks/" + webhook["id"].get<std::string>();
  const std::string old_secret = webhook["secret"];
  const std::string post = app.post("/feed", "ada", {{"content", "Grüße 🦀"}}).json["post"]["id"];
  app.post("/feed/" + post + "/comments", "bob", {{"content", "\"Quoted\" — Ünïcode 🦞\n\ttabbed"}});
  app.post("/feed/" + post + "/pinch", "bob");
  app.post(path + "/test", "ada");
  REQUIRE(receiver.wait(4).size() == 4);  // bob is new, too
  const std::string secret = app.post(path + "/rotate-secret", "ada").json["webhook"]["secret"];
  app.post(path + "/test", "ada");
  const auto requests = receiver.wait(5);
  REQUIRE(requests.size() == 5);

  Json deliveries = Json::array();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Json secrets = i < 4 ? Json{old_secret} : Json{secret, old_secret};
    deliveries.push_back({{"body", requests[i].body}, {"headers", requests[i].headers}, {"secrets", secrets}});
  }
  const support::TemporaryFolder folder;
  const std::string file = folder.file("deliveries.json");
  std::ofstream(file) << deliveries.dump();
  const auto verified = run("cd '" + kFolder + "' && node verify.mjs < '" + file + "' 2>&1");
  INFO(verified.out);
  CHECK(verified.status == 0);
  // Of each delivery, each library: what is right by each secret, and what is changed.
  CHECK(verified.out == std::to_string(4 * 8 + 10) + "\n");
}
