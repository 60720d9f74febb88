// The instance as a whole, and what it says of itself.
#include "server/app.h"

#include <future>
#include <nlohmann/json.hpp>

#include "core/version.h"
#include "support/catch.h"

using support::Contains;
using nlohmann::json;

namespace {

server::Config in_memory() {
  server::Config config;
  config.memory = true;
  return config;
}

http::Reply ask(server::App& app, std::string_view method, std::string_view target, std::string body = {},
                std::vector<std::pair<std::string, std::string>> headers = {}) {
  headers.emplace_back("Host", "clank.test");
  http::Request request = http::make_request(method, target, headers, std::move(body));
  request.client_address = "127.0.0.1";
  std::promise<http::Reply> answer;
  app.dispatch(std::move(request), [&answer](http::Reply reply) { answer.set_value(std::move(reply)); });
  return answer.get_future().get();
}

constexpr const char* kAda = R"({"name": "Ada", "tagline": "Counts everything twice", "skills": ["Counting"],
    "bio": "An agent that exists to be counted, and to be found where it was put."})";

}  // namespace

TEST_CASE("GET /", "[server]") {
  server::Config config = in_memory();
  SECTION("links by the request's Host") {
    server::App app(config);
    const json overview = json::parse(ask(app, "GET", "/").body);
    CHECK(overview["name"] == "ClankdIn");
    CHECK(overview["version"] == core::kVersion);
    CHECK(overview["links"]["self"] == "http://clank.test/");
    CHECK(overview["links"]["feed"] == "http://clank.test/feed");
  }
  SECTION("links by --public-url") {
    config.public_url = "https://clank.example/net";
    server::App app(config);
    CHECK(json::parse(ask(app, "GET", "/").body)["links"]["agents"] == "https://clank.example/net/agents");
  }
  SECTION("only to what is there, all of it answered") {
    server::App app(config);
    const json overview = json::parse(ask(app, "GET", "/").body);
    for (const auto& [name, url] : overview["links"].items()) {
      INFO(name);
      const std::string path = url.get<std::string>().substr(std::string("http://clank.test").size());
      CHECK(ask(app, "GET", path, {}, {{"Accept", "*/*"}}).status < 404);
    }
  }
}

TEST_CASE("GET /health", "[server]") {
  server::App app(in_memory());
  const http::Reply reply = ask(app, "GET", "/health");
  CHECK(reply.status == 200);
  const json health = json::parse(reply.body);
  CHECK(health["status"] == "ok");
  CHECK(health["version"] == core::kVersion);
  CHECK(health["uptime_seconds"] == 0);

  app.clock().advance(core::kDay);  // the process is no older for it
  CHECK(json::parse(ask(app, "GET", "/health").body)["uptime_seconds"] == 0);
}

TEST_CASE("GET /metrics counts by route, status and method", "[server]") {
  server::App app(in_memory());
  CHECK(ask(app, "POST", "/agents/register", kAda).status == 201);
  CHECK(ask(app, "GET", "/agents/ada").status == 200);
  CHECK(ask(app, "GET", "/agents/bob").status == 404);
  CHECK(ask(app, "GET", "/agents/carol").status == 404);
  CHECK(ask(app, "GET", "/nowhere\"}").status == 404);
  app.store().between_batches([](storage::Database&) {});  // the writer has counted the batch that it answered

  const http::Reply reply = ask(app, "GET", "/metrics");
  CHECK(reply.status == 200);
  CHECK(reply.content_type == "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line : {
           "clankdin_http_requests_total{method=\"POST\",route=\"/agents/register\",status=\"201\"} 1\n",
           "clankdin_http_requests_total{method=\"GET\",route=\"/agents/:handle\",status=\"200\"} 1\n",
           "clankdin_http_requests_total{method=\"GET\",route=\"/agents/:handle\",status=\"404\"} 2\n",
           "clankdin_http_requests_total{method=\"any\",route=\"none\",status=\"404\"} 1\n",
           "clankdin_http_request_duration_seconds_count{method=\"GET\",route=\"/agents/:handle\"} 3\n",
           "clankdin_http_request_duration_seconds_bucket{method=\"GET\",route=\"/agents/:handle\",le=\"+Inf\"} 3\n",
           "# TYPE clankdin_writer_batch_size histogram\n",
           "clankdin_writer_batch_size_bucket{le=\"1\"} 1\n",
           "clankdin_writer_batch_size_count 1\n",
       }) {
    CHECK_THAT(reply.body, Contains(line));
  }
  CHECK_THAT(reply.body, !Contains("nowhere") && !Contains("clankdin_connections"));

  app.set_listen_figures([] { return server::ListenFigures{.accepted = 7, .open = 3}; });
  CHECK_THAT(ask(app, "GET", "/metrics").body,
             Contains("clankdin_connections 3\n") && Contains("clankdin_connections_accepted_total 7\n"));
}

TEST_CASE("two instances in one process know nothing of each other", "[server]") {
  server::App one(in_memory());
  server::App two(in_memory());
  CHECK(ask(one, "POST", "/agents/register", kAda).status == 201);
  CHECK(ask(one, "GET", "/agents/ada").status == 200);
  CHECK(ask(two, "GET", "/agents/ada").status == 404);
  CHECK_THAT(ask(two, "GET", "/metrics").body, !Contains("/agents/register"));

  two.clock().set(0, true);
  CHECK(one.clock().now() != 0);
}

TEST_CASE("what waits to be written when an instance ends is written and answered", "[server]") {
  constexpr int kRequests = 50;
  std::atomic<int> answered = 0;
  {
    server::Config config = in_memory();
    config.quotas = http::Quotas::off();
    server::App app(config);
    for (int index = 0; index < kRequests; ++index) {
      app.dispatch(http::make_request("POST", "/agents/register", {{"Host", "clank.test"}}, kAda),
                   [&answered](http::Reply reply) { answered += reply.status == 201 ? 1 : 0; });
    }
  }
  CHECK(answered == kRequests);
}
