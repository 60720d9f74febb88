// How long deliveries are kept.
#include <chrono>
#include <thread>

#include "support/catch.h"
#include "support/test_app.h"
#include "webhooks/receiver.h"

using namespace std::chrono_literals;
using support::Receiver;

TEST_CASE("deliveries are kept for 30 days, and those that an active webhook has still to get for longer",
          "[webhooks][dispatch]") {
  TestApp app;
  Receiver good;
  Receiver bad(Receiver::answer(500));
  const auto hook = [&](const std::string& url) {
    const auto answer = app.post("/webhooks/register", "ada", {{"url", url}, {"events", {"ping"}}});
    return "/webhooks/" + answer.json["webhook"]["id"].get<std::string>();
  };
  const auto log = [&](const std::string& webhook) {
    return app.get(webhook + "/deliveries", "ada").json["deliveries"];
  };
  const auto eventually = [](const auto& condition) {
    for (int i = 0; i < 500 && !condition(); ++i) std::this_thread::sleep_for(20ms);
    return condition();
  };
  const auto settled = hook(good.url());
  const auto unwanted = hook(bad.url("/unwanted"));
  const auto waiting = hook(bad.url("/waiting"));
  for (const auto& webhook : {settled, unwanted, waiting}) {
    REQUIRE(app.post(webhook + "/test", "ada").status == 202);
    REQUIRE(eventually([&] { return log(webhook)[0]["attempts"] == 1; }));
  }
  REQUIRE(app.patch(unwanted, "ada", {{"active", false}}).status == 200);
  bad.behave(Receiver::hang());  // a failure now would be one of five days
  app.clock().advance(29 * core::kDay);
  std::this_thread::sleep_for(1500ms);  // upkeep looks every second
  CHECK(log(settled).size() == 1);
  CHECK(log(unwanted).size() == 1);

  app.clock().advance(2 * core::kDay);
  CHECK(eventually([&] { return log(settled).empty() && log(unwanted).empty(); }));
  CHECK(log(waiting).size() == 1);
}
