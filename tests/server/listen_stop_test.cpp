#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
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
using support::Echo;
using support::eventually;
using support::get;
using support::status_of;
using support::Wire;
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("stopping", "[listen]") {
  Echo echo;
  SECTION("idle connections and streams end at once") {
    auto idle = echo.connect();
    idle.send(get("/x"));
    CHECK(status_of(idle.answer()) == 200);
    auto fresh = echo.connect();
    auto stream = echo.connect();
    stream.send(get("/stream"));
    const auto outlet = echo.wait_outlets(1).front();
    const auto started = std::chrono::steady_clock::now();
    echo.stop(10'000);
    CHECK(std::chrono::steady_clock::now() - started < 2s);
    CHECK(idle.ends());
    CHECK(fresh.ends());
    stream.rest();
    CHECK_FALSE(outlet->send("x"));
    CHECK_THROWS(echo.connect());
  }
  SECTION("what is in flight is answered") {
    auto wire = echo.connect();
    wire.send(get("/held/1") + get("/x"));
    echo.wait_held(1);
    std::thread stopper([&] { echo.stop(10'000); });
    CHECK(eventually([&] {
      try {
        const auto refused = echo.connect();
        return false;
      } catch (const std::runtime_error&) {
        return true;
      }
    }));
    echo.release();
    const auto answer = wire.rest();
    CHECK(body_of(answer) == "/held/1");
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    { const Wire done(std::move(wire)); }
    stopper.join();
    CHECK(echo.dispatched() == 1);
  }
  SECTION("what takes longer than the grace is cut") {
    auto wire = echo.connect();
    wire.send(get("/held/1"));
    echo.wait_held(1);
    echo.stop(100);
    CHECK(wire.ends());
    echo.release();  // nobody listens any more, and nothing breaks
    CHECK(echo.figures().open == 0);
  }
  SECTION("twice is once") {
    echo.stop(0);
    echo.stop(0);
  }
}

TEST_CASE("answers and streams may outlive the listener", "[listen]") {
  http::Respond respond;
  std::shared_ptr<http::Outlet> outlet;
  {
    std::mutex mutex;
    std::condition_variable changed;
    server::Listener listener(any_port(), [&](http::Request request, http::Respond answer) {
      const std::lock_guard lock(mutex);
      if (request.path == "/stream") {
        http::Reply reply;
        reply.stream = [&](std::shared_ptr<http::Outlet> given) {
          const std::lock_guard inner(mutex);
          outlet = std::move(given);
          changed.notify_all();
        };
        answer(std::move(reply));
      } else {
        respond = std::move(answer);
        changed.notify_all();
      }
    });
    listener.start();
    Wire one(listener.port());
    Wire two(listener.port());
    one.send(get("/x"));
    two.send(get("/stream"));
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, 5s, [&] { return respond && outlet; }));
    lock.unlock();
    listener.stop(0);
  }
  respond(http::ok("{}"));
  CHECK_FALSE(outlet->send("x"));
  CHECK_FALSE(outlet->open());
}

TEST_CASE("a listener that is never started", "[listen]") {
  const server::Listener listener(any_port(), [](http::Request, http::Respond) {});
  CHECK(listener.port() > 0);
}
