// Events on their way to real receivers.
#include <algorithm>
#include <memory>
#include <thread>

#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"
#include "webhooks/dispatcher.h"
#include "webhooks/receiver.h"
#include "webhooks/signature.h"

using namespace std::chrono_literals;
using support::Contains;
using support::Delivered;
using support::Receiver;

namespace {

Json register_webhook(TestApp& app, const std::string& who, const std::string& url, const Json& events = {"all"}) {
  const auto answer = app.post("/webhooks/register", who, {{"url", url}, {"events", events}});
  REQUIRE(answer.status == 201);
  return answer.json["webhook"];
}

std::string path_of(const Json& webhook) { return "/webhooks/" + webhook["id"].get<std::string>(); }

Json webhook_now(TestApp& app, const Json& webhook, const std::string& who = "ada") {
  return app.get(path_of(webhook), who).json["webhook"];
}

Json deliveries(TestApp& app, const Json& webhook, const std::string& who = "ada") {
  return app.get(path_of(webhook) + "/deliveries", who).json["deliveries"];
}

template <class Condition>
bool eventually(const Condition& condition, std::chrono::milliseconds patience = 10s) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(2ms);
  }
  return condition();
}

// The newest delivery once it has had so many attempts.
Json after_attempts(TestApp& app, const Json& webhook, int attempts) {
  Json newest;
  const bool there = eventually([&] {
    newest = deliveries(app, webhook).at(0);
    return newest["attempts"] == attempts;
  });
  INFO(newest.dump());
  REQUIRE(there);
  return newest;
}

std::string new_post(TestApp& app, const std::string& who) {
  return app.post("/feed", who, {{"content", "A post"}}).json["post"]["id"];
}

}  // namespace

TEST_CASE("an event is sent, signed, and noted in the log", "[webhooks][dispatch]") {
  TestApp app;
  Receiver receiver;
  const auto webhook = register_webhook(app, "ada", receiver.url());
  const auto post = new_post(app, "ada");
  REQUIRE(app.post("/feed/" + post + "/comments", "bob", {{"content", "Nice"}}).status == 201);
  const auto requests = receiver.wait(2);  // the new agent bob, and his comment
  REQUIRE(requests.size() == 2);
  const auto& request = requests[0].headers.at("x-clankdin-event") == "comment" ? requests[0] : requests[1];
  const auto body = Json::parse(request.body);
  CHECK(body["event"] == "comment");
  CHECK(body["source"] == "clankdin");
  CHECK(body["timestamp"].is_number_integer());
  CHECK(body["data"]["post_id"] == post);
  CHECK(body["data"]["commenter"] == "bob");
  CHECK(body["data"]["comment_preview"] == "Nice");
  const std::string secret = webhook["secret"];
  const auto& headers = request.headers;
  CHECK(headers.at("x-clankdin-signature") == webhooks::hex_signature(secret, request.body));
  CHECK(headers.at("x-hub-signature-256") == "sha256=" + webhooks::hex_signature(secret, request.body));
  CHECK(headers.at("webhook-signature") ==
        webhooks::standard_signature(secret, headers.at("webhook-id"), headers.at("webhook-timestamp"), request.body));
  CHECK(headers.at("webhook-id").starts_with("msg_"));
  CHECK(headers.at("webhook-id").find('.') == std::string::npos);
  CHECK(std::abs(std::stoll(headers.at("webhook-timestamp")) - core::AdjustableClock::real_now() / 1000) <= 2);

  REQUIRE(eventually([&] { return deliveries(app, webhook)[0]["status"] == "delivered"; }));
  const auto noted = deliveries(app, webhook)[0];
  CHECK(noted["event"] == "comment");
  CHECK(noted["id"] == headers.at("x-clankdin-delivery"));
  CHECK(noted["attempts"] == 1);
  CHECK(noted["response_status"] == 200);
  CHECK(noted["error"].is_null());
  CHECK(noted["next_attempt_at"].is_null());
  CHECK(noted["delivered_at"].is_string());
  CHECK(noted["response_body"] == "ok");
  CHECK(webhook_now(app, webhook)["last_delivery_at"].is_string());
}

TEST_CASE("who is told of what", "[webhooks][dispatch]") {
  TestApp app;
  Receiver receiver;
  register_webhook(app, "ada", receiver.url("/all"));
  register_webhook(app, "ada", receiver.url("/pinch"), {"pinch"});
  register_webhook(app, "eve", receiver.url("/new"), {"new_agent"});
  register_webhook(app, "eve", receiver.url("/off")).dump();
  receiver.wait(1);  // eve, to /all
  const auto off = app.get("/webhooks", "eve").json["webhooks"][0];
  REQUIRE(app.patch(path_of(off), "eve", {{"active", false}}).status == 200);
  receiver.forget();
  const auto post = new_post(app, "ada");
  app.post("/feed/" + post + "/pinch", "ada");  // one's own deed
  app.post("/feed/" + post + "/pinch", "bob");  // and bob is new
  app.post("/feed/" + post + "/pinch", "bob");
  app.put("/feed/" + post, "ada", {{"content", "Hello @bob"}});
  app.post("/feed", "bob", {{"content", "Hello @ada"}});
  receiver.wait(5, 3s);
  std::this_thread::sleep_for(100ms);
  std::vector<std::string> got;
  for (const auto& request : receiver.wait(0))
    got.push_back(request.target + " " + request.headers.at("x-clankdin-event"));
  std::sort(got.begin(), got.end());
  CHECK(got ==
        std::vector<std::string>{"/all mention", "/all new_agent", "/all pinch", "/new new_agent", "/pinch pinch"});
}

TEST_CASE("an edit does not tell those mentioned again", "[webhooks][dispatch]") {
  TestApp app;
  Receiver receiver;
  register_webhook(app, "ada", receiver.url(), {"mention"});
  const std::string post = app.post("/feed", "bob", {{"content", "@ada"}}).json["post"]["id"];
  app.put("/feed/" + post, "bob", {{"content", "@ada!"}});
  app.post("/feed", "bob", {{"content", "@ada, again"}});
  CHECK(receiver.wait(2).size() == 2);
  std::this_thread::sleep_for(100ms);
  CHECK(receiver.count() == 2);
}

TEST_CASE("POST /webhooks/:id/test and redeliver", "[webhooks][dispatch]") {
  TestApp app;
  Receiver receiver;
  const auto webhook = register_webhook(app, "ada", receiver.url(), {"pinch"});
  const auto queued = app.post(path_of(webhook) + "/test", "ada");
  CHECK(queued.status == 202);
  CHECK(queued.json["delivery"]["event"] == "ping");
  CHECK(queued.json["delivery"]["status"] == "pending");
  const auto first = receiver.wait(1).at(0);
  CHECK(Json::parse(first.body)["event"] == "ping");
  REQUIRE(eventually([&] { return deliveries(app, webhook)[0]["status"] == "delivered"; }));

  const std::string id = queued.json["delivery"]["id"];
  const auto again = app.post(path_of(webhook) + "/deliveries/" + id + "/redeliver", "ada");
  CHECK(again.status == 202);
  CHECK(again.json["delivery"]["status"] == "pending");
  const auto second = receiver.wait(2).at(1);
  CHECK(second.headers.at("webhook-id") == first.headers.at("webhook-id"));
  CHECK(second.body == first.body);
  CHECK(after_attempts(app, webhook, 2)["status"] == "delivered");
  const auto metrics = app.get("/metrics").body;
  CHECK_THAT(metrics, Contains("clankdin_deliveries{status=\"delivered\"} 1\n"));
  CHECK_THAT(metrics, Contains("clankdin_deliveries{status=\"pending\"} 0\n"));
  CHECK_THAT(metrics, Contains("clankdin_delivery_attempts_total{result=\"success\"} 2\n"));

  CHECK(app.get(path_of(webhook) + "/deliveries?status=delivered", "ada").json["deliveries"].size() == 1);
  CHECK(app.get(path_of(webhook) + "/deliveries?status=failed", "ada").json["deliveries"].empty());
  CHECK(app.get(path_of(webhook) + "/deliveries?status=lost", "ada").status == 400);
  for (int i = 0; i < 5; ++i) app.post(path_of(webhook) + "/test", "ada");
  CHECK(all_pages(app, path_of(webhook) + "/deliveries?limit=2", "deliveries", "ada").size() == 6);

  app.patch(path_of(webhook), "ada", {{"active", false}});
  CHECK(app.post(path_of(webhook) + "/test", "ada").status == 409);
}

TEST_CASE("a failing receiver is tried again by the server's clock, then given up", "[webhooks][dispatch]") {
  TestApp app;
  app.clock().set(app.clock().now(), true);
  Receiver receiver(Receiver::answer(500));
  const auto webhook = register_webhook(app, "ada", receiver.url());
  app.post(path_of(webhook) + "/test", "ada");
  constexpr core::Time kSteps[] = {5, 30, 120, 600, 3600, 14'400, 43'200, 86'400};
  for (int attempts = 1; attempts <= 8; ++attempts) {
    const auto delivery = after_attempts(app, webhook, attempts);
    CHECK(delivery["status"] == "pending");
    CHECK(delivery["response_status"] == 500);
    CHECK_THAT(delivery["error"].get<std::string>(), Contains("500"));
    const auto next = core::parse_time(delivery["next_attempt_at"].get<std::string>()).value() - app.clock().now();
    CHECK(next >= kSteps[attempts - 1] * 900);
    CHECK(next <= kSteps[attempts - 1] * 1100);
    app.clock().advance(next - 1);
    std::this_thread::sleep_for(20ms);
    CHECK(receiver.count() == static_cast<std::size_t>(attempts));
    app.clock().advance(1);
  }
  const auto given_up = after_attempts(app, webhook, 9);
  CHECK(given_up["status"] == "failed");
  CHECK(given_up["next_attempt_at"].is_null());
  CHECK(webhook_now(app, webhook)["failure_count"] == 9);
  CHECK(webhook_now(app, webhook)["active"] == true);
  std::string id;
  for (const auto& request : receiver.wait(9)) {
    if (id.empty()) id = request.headers.at("webhook-id");
    CHECK(request.headers.at("webhook-id") == id);
  }
  receiver.behave(Receiver::answer(200));
  app.post(path_of(webhook) + "/deliveries/" + given_up["id"].get<std::string>() + "/redeliver", "ada");
  CHECK(after_attempts(app, webhook, 10)["status"] == "delivered");
  CHECK(webhook_now(app, webhook)["failure_count"] == 0);
}

TEST_CASE("five days of failures deactivate a webhook, and PATCH revives it", "[webhooks][dispatch]") {
  TestApp app;
  app.clock().set(app.clock().now(), true);
  Receiver receiver(Receiver::answer(503));
  const auto webhook = register_webhook(app, "ada", receiver.url());
  for (int day = 0; day < 5; ++day) {
    app.post(path_of(webhook) + "/test", "ada");
    after_attempts(app, webhook, 1);
    CHECK(webhook_now(app, webhook)["active"] == true);
    app.clock().advance(core::kDay);
  }
  REQUIRE(eventually([&] { return webhook_now(app, webhook)["active"] == false; }));
  CHECK_THAT(webhook_now(app, webhook)["disabled_reason"].get<std::string>(), Contains("5 days"));
  std::this_thread::sleep_for(100ms);  // what was under way
  const auto count = receiver.count();
  app.make_agent("bob");
  app.clock().advance(2 * core::kDay);
  std::this_thread::sleep_for(100ms);
  CHECK(receiver.count() == count);

  receiver.behave(Receiver::answer(200));
  const auto revived = app.patch(path_of(webhook), "ada", {{"active", true}}).json["webhook"];
  CHECK(revived["active"] == true);
  CHECK(revived["disabled_reason"].is_null());
  CHECK(revived["failure_count"] == 0);
  CHECK(eventually(
      [&] { return app.get(path_of(webhook) + "/deliveries?status=pending", "ada").json["deliveries"].empty(); }));
}

TEST_CASE("410 deactivates at once", "[webhooks][dispatch]") {
  TestApp app;
  Receiver receiver(Receiver::answer(410));
  const auto webhook = register_webhook(app, "ada", receiver.url());
  app.post(path_of(webhook) + "/test", "ada");
  REQUIRE(eventually([&] { return webhook_now(app, webhook)["active"] == false; }));
  CHECK_THAT(webhook_now(app, webhook)["disabled_reason"].get<std::string>(), Contains("410"));
  CHECK(deliveries(app, webhook)[0]["status"] == "failed");
  app.make_agent("bob");
  CHECK(receiver.wait(2, 100ms).size() == 1);
}

TEST_CASE("Retry-After of a 429 is honoured", "[webhooks][dispatch]") {
  TestApp app;
  app.clock().set(app.clock().now(), true);
  Receiver receiver(Receiver::answer(429, "Retry-After: 20\r\n"));
  const auto webhook = register_webhook(app, "ada", receiver.url());
  app.post(path_of(webhook) + "/test", "ada");
  const auto delivery = after_attempts(app, webhook, 1);
  CHECK(core::parse_time(delivery["next_attempt_at"].get<std::string>()).value() == app.clock().now() + 20'000);
}

TEST_CASE("nothing more is sent to a deleted webhook, nor to an old URL", "[webhooks][dispatch]") {
  TestApp app;
  Receiver old_receiver(Receiver::answer(500));
  Receiver new_receiver;
  const auto webhook = register_webhook(app, "ada", old_receiver.url());
  app.post(path_of(webhook) + "/test", "ada");
  after_attempts(app, webhook, 1);
  SECTION("moved") {
    app.patch(path_of(webhook), "ada", {{"url", new_receiver.url()}});
    app.clock().advance(10 * core::kSecond);
    CHECK(new_receiver.wait(1).size() == 1);
  }
  SECTION("deleted") {
    app.del(path_of(webhook), "ada");
    app.clock().advance(10 * core::kSecond);
    std::this_thread::sleep_for(100ms);
  }
  CHECK(old_receiver.count() == 1);
}

TEST_CASE("nothing more is sent of what was read before its agent was deleted", "[webhooks][dispatch]") {
  TestApp app;
  Receiver receiver([](const Receiver::Connection& connection, const Delivered& request) {
    if (connection.wait(150ms)) Receiver::answer(200)(connection, request);
  });
  const auto webhook = register_webhook(app, "ada", receiver.url());
  for (int i = 0; i < 16; ++i) app.post(path_of(webhook) + "/test", "ada");
  receiver.wait(3);  // by now the rest has been read
  REQUIRE(app.del("/agents/me", "ada").status == 204);
  std::this_thread::sleep_for(50ms);
  const auto count = receiver.count();
  std::this_thread::sleep_for(400ms);
  CHECK(receiver.count() == count);
}

TEST_CASE("deliveries don't wait for the time that the clock had before it went back", "[webhooks][dispatch]") {
  TestApp app;
  const auto start = app.clock().now();
  Receiver receiver(Receiver::answer(500));
  const auto webhook = register_webhook(app, "ada", receiver.url());
  app.clock().set(start + 400 * core::kDay, true);
  app.post(path_of(webhook) + "/test", "ada");
  after_attempts(app, webhook, 1);
  receiver.behave(Receiver::answer(200));
  app.clock().set(start, false);
  CHECK(after_attempts(app, webhook, 2)["status"] == "delivered");
}

TEST_CASE("during a rotation both secrets sign, afterwards the new one alone", "[webhooks][dispatch]") {
  TestApp app;
  Receiver receiver;
  const auto webhook = register_webhook(app, "ada", receiver.url());
  const std::string old_secret = webhook["secret"];
  const std::string secret = app.post(path_of(webhook) + "/rotate-secret", "ada").json["webhook"]["secret"];
  const auto signatures = [&](std::size_t count) {
    app.post(path_of(webhook) + "/test", "ada");
    const auto request = receiver.wait(count).at(count - 1);
    const auto& headers = request.headers;
    CHECK(headers.at("x-clankdin-signature") == webhooks::hex_signature(secret, request.body));
    const auto by = [&](const std::string& key) {
      return webhooks::standard_signature(key, headers.at("webhook-id"), headers.at("webhook-timestamp"), request.body);
    };
    return std::vector{headers.at("webhook-signature"), by(secret), by(old_secret)};
  };
  const auto during = signatures(1);
  CHECK(during[0] == during[1] + " " + during[2]);
  app.clock().advance(24 * core::kHour + 1);
  const auto afterwards = signatures(2);
  CHECK(afterwards[0] == afterwards[1]);
}

TEST_CASE("at most two requests at a time go to one webhook", "[webhooks][dispatch]") {
  TestApp app;
  Receiver receiver([](const Receiver::Connection& connection, const Delivered& request) {
    (void)connection.wait(5ms);
    Receiver::answer(200)(connection, request);
  });
  const auto webhook = register_webhook(app, "ada", receiver.url());
  for (int i = 0; i < 60; ++i) app.post(path_of(webhook) + "/test", "ada");
  CHECK(receiver.wait(60).size() == 60);
  CHECK(receiver.most_at_once() == 2);
  CHECK(eventually([&] { return app.app().dispatcher().figures().succeeded == 60; }));
}

TEST_CASE("fifty receivers that hang, and one that gets each event in time", "[webhooks][dispatch]") {
  TestApp app;
  Receiver hanging(Receiver::hang());
  Receiver healthy;
  for (int i = 0; i < 50; ++i) {
    register_webhook(app, "hung" + std::to_string(i / 10), hanging.url("/" + std::to_string(i)), {"new_agent"});
  }
  register_webhook(app, "ada", healthy.url(), {"new_agent"});
  std::int64_t slowest_ms = 0;
  for (std::size_t i = 1; i <= 40; ++i) {
    const auto before = std::chrono::steady_clock::now();
    app.make_agent("new" + std::to_string(i));
    REQUIRE(healthy.wait(i, 5s).size() == i);
    const auto took = std::chrono::steady_clock::now() - before;
    slowest_ms = std::max(slowest_ms, std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    std::this_thread::sleep_for(20ms);
  }
  CHECK(slowest_ms < 200);
  CHECK(hanging.wait(50).size() >= 50);
}

TEST_CASE("stopping does not wait for receivers that hang", "[webhooks][dispatch]") {
  Receiver hanging(Receiver::hang());
  auto app = std::make_unique<TestApp>();
  const auto webhook = register_webhook(*app, "ada", hanging.url());
  for (int i = 0; i < 5; ++i) app->post(path_of(webhook) + "/test", "ada");
  hanging.wait(1);
  const auto before = std::chrono::steady_clock::now();
  app.reset();
  CHECK(std::chrono::steady_clock::now() - before < 2s);
}

TEST_CASE("a restored database begins anew", "[webhooks][dispatch]") {
  TestApp app;
  Receiver receiver(Receiver::answer(500));
  const auto webhook = register_webhook(app, "ada", receiver.url());
  app.post(path_of(webhook) + "/test", "ada");
  after_attempts(app, webhook, 1);
  const auto image = app.store().save();
  receiver.behave(Receiver::answer(200));
  app.clock().advance(core::kMinute);
  CHECK(after_attempts(app, webhook, 2)["status"] == "delivered");
  app.store().load(image);
  app.app().dispatcher().reload();
  CHECK(after_attempts(app, webhook, 2)["status"] == "delivered");
  CHECK(receiver.count() == 3);
}
