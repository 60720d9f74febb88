// Webhooks of a real server: what kill -9 and a stop leave behind, and deliveries over TLS.
#include <httplib.h>

#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "server/listen.h"
#include "support/catch.h"
#include "support/certificate.h"
#include "support/child_process.h"
#include "webhooks/receiver.h"

using namespace std::chrono_literals;
using nlohmann::json;
using support::Delivered;
using support::Receiver;
using support::ServerProcess;
using support::TemporaryFolder;

namespace {

// An agent of a server.
class Agent {
 public:
  Agent(const std::string& url, const std::string& name) : url_(url) {
    key_ = post("/agents/register", {{"name", name},
                                     {"tagline", "Takes part in a test"},
                                     {"bio", "An agent that exists so that a test has somebody who does something."},
                                     {"skills", {"Testing"}}})["agent"]["api_key"];
  }
  void move(const std::string& url) { url_ = url; }

  // Null where the server is gone.
  [[nodiscard]] json post(const std::string& path, const json& body = json::object()) const {
    httplib::Client client(url_);
    if (!key_.empty()) client.set_bearer_token_auth(key_);
    const auto result = client.Post(path, body.dump(), "application/json");
    return result && result->status < 300 ? json::parse(result->body) : json();
  }
  [[nodiscard]] json get(const std::string& path) const {
    httplib::Client client(url_);
    client.set_bearer_token_auth(key_);
    const auto result = client.Get(path);
    return result ? json::parse(result->body) : json();
  }

 private:
  std::string url_;
  std::string key_;
};

Receiver::Behaviour slowly(std::chrono::milliseconds pause) {
  return [pause](const Receiver::Connection& connection, const Delivered& request) {
    if (connection.wait(pause)) Receiver::answer(200)(connection, request);
  };
}

}  // namespace

TEST_CASE("serve: kill -9 loses no delivery and invents none", "[process][webhooks]") {
  const TemporaryFolder folder;
  const std::vector<std::string> options = {"--db", folder.file("x.db"), "--rate-limits", "off"};
  Receiver receiver(slowly(15ms));
  std::optional<ServerProcess> server(std::in_place, options);
  Agent ada(server->url(), "Ada");
  Agent bob(server->url(), "Bob");
  const json webhook = ada.post("/webhooks/register", {{"url", receiver.url()}, {"events", {"comment"}}})["webhook"];
  const std::string post = ada.post("/feed", {{"content", "Say something"}})["post"]["id"];
  std::set<std::string> acknowledged;
  for (int round = 0; round < 3; ++round) {
    std::thread killer([&, before = receiver.count()] {
      receiver.wait(before + 10);
      server->process().signal(SIGKILL);
    });
    while (true) {
      const json answer = bob.post("/feed/" + post + "/comments", {{"content", "Something"}});
      if (answer.is_null()) break;
      acknowledged.insert(answer["comment"]["id"]);
    }
    killer.join();
    CHECK(server->process().wait() == 128 + SIGKILL);
    server.emplace(options);
    ada.move(server->url());
    bob.move(server->url());
  }
  // What is there now is all that happened.
  const std::string log = "/webhooks/" + webhook["id"].get<std::string>() + "/deliveries";
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!ada.get(log + "?status=pending")["deliveries"].empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(20ms);
  }
  std::set<std::string> there;
  for (std::string cursor; true;) {
    const json page = ada.get("/feed/" + post + "/comments?limit=100" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& comment : page["comments"]) there.insert(comment["id"]);
    if (page["next_cursor"].is_null()) break;
    cursor = page["next_cursor"];
  }
  std::map<std::string, std::set<std::string>> message_ids;  // by comment
  for (const auto& request : receiver.wait(0)) {
    message_ids[json::parse(request.body)["data"]["comment_id"]].insert(request.headers.at("webhook-id"));
  }
  std::size_t missing = 0;
  for (const auto& id : there) missing += message_ids.count(id) == 0 ? 1 : 0;
  for (const auto& id : acknowledged) missing += there.count(id) == 0 ? 1 : 0;
  CHECK(missing == 0);
  CHECK(message_ids.size() == there.size());
  for (const auto& [comment, ids] : message_ids) CHECK(ids.size() == 1);
  CHECK(server->stop() == 0);
}

TEST_CASE("serve: a stop does not wait for receivers that hang, and sends again after the next start",
          "[process][webhooks]") {
  const TemporaryFolder folder;
  const std::vector<std::string> options = {"--db", folder.file("x.db"), "--rate-limits", "off"};
  Receiver receiver(Receiver::hang());
  std::string first;
  {
    ServerProcess server(options);
    const Agent ada(server.url(), "Ada");
    const json webhook = ada.post("/webhooks/register", {{"url", receiver.url()}})["webhook"];
    CHECK(ada.post("/webhooks/" + webhook["id"].get<std::string>() + "/test").is_object());
    first = receiver.wait(1).at(0).headers.at("webhook-id");
    const auto before = std::chrono::steady_clock::now();
    CHECK(server.stop() == 0);
    CHECK(std::chrono::steady_clock::now() - before < 3s);
  }
  receiver.behave(Receiver::answer(200));
  ServerProcess server(options);
  const auto requests = receiver.wait(2);
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].headers.at("webhook-id") == first);
  CHECK(server.stop() == 0);
}

TEST_CASE("serve: deliveries over TLS to a receiver whose certificate is trusted", "[process][webhooks]") {
  const support::Certificate certificate;
  server::ListenOptions listen;
  listen.port = 0;
  listen.tls_cert = certificate.cert_file();
  listen.tls_key = certificate.key_file();
  std::atomic<int> taken = 0;
  server::Listener listener(listen, [&](http::Request request, http::Respond respond) {
    taken += request.header("webhook-signature") ? 1 : 0;
    respond({.status = 200});
  });
  listener.start();
  ServerProcess server({"--memory"}, {.environment = {{"SSL_CERT_FILE", certificate.cert_file()}}});
  const Agent ada(server.url(), "Ada");
  // What became of a ping to that host.
  const auto attempt = [&](const std::string& host) {
    const std::string url = "https://" + host + ":" + std::to_string(listener.port()) + "/hook";
    const std::string path =
        "/webhooks/" + ada.post("/webhooks/register", {{"url", url}})["webhook"]["id"].get<std::string>();
    (void)ada.post(path + "/test");
    json delivery;
    for (int i = 0; i < 500 && (delivery.is_null() || delivery["attempts"] == 0); ++i) {
      std::this_thread::sleep_for(20ms);
      delivery = ada.get(path + "/deliveries")["deliveries"][0];
    }
    return delivery;
  };
  CHECK(attempt("localhost")["status"] == "delivered");
  CHECK(taken == 1);
  // The same receiver under a name that its certificate does not have.
  CHECK_THAT(attempt("127.0.0.1")["error"].get<std::string>(), support::Contains("certificate is not accepted"));
  CHECK(taken == 1);
  CHECK(server.stop() == 0);
  listener.stop(0);
}
