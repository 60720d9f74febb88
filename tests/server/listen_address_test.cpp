#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "server/echo.h"
#include "server/listen.h"
#include "support/catch.h"
#include "support/wire.h"

namespace {

using support::any_port;
using support::body_of;
using support::Echo;
using support::get;
using support::Wire;

}  // namespace

TEST_CASE("addresses to listen on", "[listen]") {
  const auto message = [](server::ListenOptions options) -> std::string {
    try {
      const server::Listener listener(std::move(options), [](http::Request, http::Respond) {});
      return {};
    } catch (const core::Error& error) {
      return error.detail();
    }
  };
  SECTION("a port in use is refused, and named") {
    const Echo echo;
    auto options = any_port();
    options.port = echo.port();
    CHECK(message(options).find("127.0.0.1:" + std::to_string(echo.port()) + " is in use") == 0);
    options.host = "localhost";
    CHECK(message(options).find("localhost:" + std::to_string(echo.port()) + " is in use") == 0);
  }
  SECTION("a port that was just left is taken again") {
    int port = 0;
    {
      Echo echo;
      port = echo.port();
      auto wire = echo.connect();
      wire.send(get("/x", "Connection: close\r\n"));
      wire.rest();
    }
    auto options = any_port();
    options.port = port;
    CHECK(message(options).empty());
  }
  SECTION("not ours, not there, not a port") {
    auto options = any_port();
    options.host = "192.0.2.1";
    CHECK(message(options).find("192.0.2.1:0 is not an address of this machine") == 0);
    options.host = "no-such-host.invalid";
    CHECK(message(options).find("no-such-host.invalid:0") == 0);
    options = any_port();
    options.port = 70'000;
    CHECK(message(options).find("70000") != std::string::npos);
  }
  SECTION("IPv6") {
    auto options = any_port();
    options.host = "::1";
    if (!message(options).empty()) return;  // a machine without IPv6
    const Echo echo(options);
    Wire wire(echo.port(), false, true);
    wire.send(get("/x"));
    CHECK(body_of(wire.answer()) == "GET /x ::1 plain ");
    options.port = echo.port();
    CHECK(message(options).find("[::1]:" + std::to_string(echo.port())) == 0);
  }
  SECTION("every address, by either family") {
    auto options = any_port();
    options.host = "::";
    if (!message(options).empty()) return;
    const Echo echo(options);
    auto wire = echo.connect();
    wire.send(get("/x"));
    CHECK(body_of(wire.answer()) == "GET /x 127.0.0.1 plain ");
  }
}
