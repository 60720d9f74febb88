// No key, secret or Authorization header reaches the log, at its most talkative.
#include <httplib.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/catch.h"
#include "support/child_process.h"
#include "support/wire.h"

using nlohmann::json;

TEST_CASE("the log holds no key and no secret at any level", "[process][log]") {
  for (const std::string format : {"text", "json"}) {
    INFO(format);
    support::ServerProcess server({"--memory", "--log-level", "debug", "--log-format", format});
    httplib::Client client(server.url());
    const json body = {{"name", "Logged"},
                       {"tagline", "Tries to be written down"},
                       {"bio", "An agent that sends its key in every place where somebody might log it by mistake."},
                       {"skills", {"Whispering"}}};
    const auto registered = client.Post("/agents/register", body.dump(), "application/json");
    REQUIRE(registered);
    const std::string key = json::parse(registered->body)["agent"]["api_key"];
    const httplib::Headers with_key = {{"Authorization", "Bearer " + key}};
    const auto with = [](const char* name, const std::string& value) { return httplib::Headers{{name, value}}; };
    auto mistyped = key;
    mistyped.back() = mistyped.back() == 'a' ? 'b' : 'a';

    CHECK(client.Get("/agents/me", with_key)->status == 200);
    CHECK(client.Get("/agents/me", with("Authorization", "Bearer " + mistyped))->status == 401);
    CHECK(client.Get("/agents/me", with("Authorization", "Basic " + key))->status == 401);
    CHECK(client.Get("/feed?key=" + key)->status == 200);
    CHECK(client.Get("/agents/" + key)->status == 404);
    CHECK(client.Get("/" + key)->status == 404);
    CHECK(client.Get("/feed", with("X-Request-Id", key))->status == 200);
    CHECK(client.Post("/feed", with_key, "{\"content\": 1, \"" + key + "\": 2}", "application/json")->status == 400);
    const auto rotated = client.Post("/agents/me/rotate-key", with_key, "", "application/json");
    REQUIRE(rotated);
    const std::string fresh = json::parse(rotated->body)["api_key"];
    // Bytes that are no request at all.
    support::Wire wire(server.port());
    wire.send("GET / HTTP/1.1\r\nAuthorization: Bearer " + fresh + "\r\nHost: x\r\nHost: y\r\n\r\n");
    (void)wire.rest();
    CHECK(server.stop() == 0);

    const auto log = server.process().err();
    CHECK(log.find("/agents/register") != std::string::npos);
    CHECK(log.find("Bearer") == std::string::npos);
    for (const auto& secret : {key, fresh, mistyped}) {
      CHECK(log.find(secret) == std::string::npos);
      CHECK(log.find(secret.substr(5)) == std::string::npos);
    }
  }
}
