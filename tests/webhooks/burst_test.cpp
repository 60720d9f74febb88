// Many events at once to one receiver.
#include <chrono>
#include <set>

#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"
#include "webhooks/dispatcher.h"
#include "webhooks/receiver.h"

using namespace std::chrono_literals;

TEST_CASE("a burst of 10,000 events to one receiver arrives complete", "[webhooks][.slow]") {
  constexpr int kEvents = 10'000;
  TestApp app;
  support::Receiver receiver;
  const auto webhook = app.post("/webhooks/register", "ada", {{"url", receiver.url()}}).json["webhook"];
  const std::string post = app.post("/feed", "ada", {{"content", "Say something"}}).json["post"]["id"];
  app.key("bob");
  const std::string path = "/feed/" + post + "/comments";
  for (int i = 0; i < kEvents; ++i) {
    REQUIRE(app.post(path, "bob", {{"content", std::to_string(i)}}).status == 201);
  }
  REQUIRE(receiver.wait(kEvents + 1, 120s).size() >= kEvents + 1);  // and that bob is new
  std::set<std::string> previews;
  for (const auto& request : receiver.wait(0)) {
    const auto body = Json::parse(request.body);
    if (body["event"] == "comment") previews.insert(body["data"]["comment_preview"]);
  }
  CHECK(previews.size() == kEvents);
  CHECK(receiver.count() == kEvents + 1);
  CHECK(receiver.most_at_once() <= 2);
  CHECK(app.app().dispatcher().figures().threads <= 64);
}
