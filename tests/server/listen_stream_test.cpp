#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/echo.h"
#include "server/listen.h"
#include "support/catch.h"
#include "support/wire.h"

namespace {

using support::any_port;
using support::body_of;
using support::count;
using support::Echo;
using support::eventually;
using support::get;
using support::Wire;
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("streams", "[listen]") {
  auto options = any_port();
  options.max_outlet_queue = 64 * 1024;
  Echo echo(options);
  auto wire = echo.connect();
  SECTION("send until they are closed") {
    wire.send(get("/stream"));
    const auto outlet = echo.wait_outlets(1).front();
    CHECK(outlet->open());
    CHECK(echo.figures().streams == 1);
    std::thread other([&] { CHECK(outlet->send("second\n")); });
    other.join();
    CHECK(outlet->send("third\n"));
    outlet->close();
    CHECK_FALSE(outlet->open());
    CHECK_FALSE(outlet->send("never"));
    const auto answer = wire.rest();
    CHECK(count(answer, "Content-Length") == 0);
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    CHECK(body_of(answer) == "first\nsecond\nthird\n");
    CHECK(eventually([&] { return echo.figures().streams == 0; }));
  }
  SECTION("end when nobody holds the outlet any more") {
    wire.send(get("/stream"));
    echo.wait_outlets(1);
    echo.forget_outlets();
    CHECK(body_of(wire.rest()) == "first\n");
  }
  SECTION("notice that the client is gone") {
    wire.send(get("/stream"));
    const auto outlet = echo.wait_outlets(1).front();
    { const Wire gone(std::move(wire)); }
    CHECK(eventually([&] { return !outlet->open(); }));
    CHECK_FALSE(outlet->send("x"));
    CHECK(eventually([&] { return echo.figures().open == 0; }));
  }
  SECTION("cut a client that does not keep up") {
    Wire slow(echo.port(), false, false, 4096);
    slow.send(get("/stream"));
    const auto outlet = echo.wait_outlets(1).front();
    const std::string part(16 * 1024, 'x');
    bool kept = true;
    for (int i = 0; i < 2000 && kept; ++i) {
      kept = outlet->send(part);
      std::this_thread::sleep_for(1ms);
    }
    CHECK_FALSE(kept);
    CHECK_FALSE(outlet->open());
    CHECK(eventually([&] { return echo.figures().streams == 0; }));
  }
  SECTION("HEAD of one ends with its head") {
    wire.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(wire.rest().ends_with("\r\n\r\n"));
    CHECK(echo.figures().streams == 0);
  }
  SECTION("a thousand listeners, two threads") {
    std::vector<Wire> wires;
    for (int i = 0; i < 1000; ++i) {
      wires.push_back(echo.connect());
      wires.back().send(get("/stream"));
    }
    const auto outlets = echo.wait_outlets(1000);
    for (int i = 0; i < 3; ++i) {
      for (const auto& outlet : outlets) REQUIRE(outlet->send("tick\n"));
    }
    for (const auto& outlet : outlets) outlet->close();
    int right = 0;
    for (auto& each : wires) right += body_of(each.rest()) == "first\ntick\ntick\ntick\n" ? 1 : 0;
    CHECK(right == 1000);
  }
}
