#include "server/listen.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <thread>
#include <vector>

#include "core/error.h"
#include "support/catch.h"
#include "support/wire.h"

namespace {

using support::get;
using support::Wire;
using namespace std::chrono_literals;

server::ListenOptions quick() { return {.host = "127.0.0.1", .port = 0, .workers = 2}; }

// A listener whose requests are answered with what they were, unless their path asks for something else.
class Echo {
 public:
  explicit Echo(server::ListenOptions options = quick())
      : listener_(std::move(options), [this](http::Request request, http::Respond respond) {
          dispatch(std::move(request), std::move(respond));
        }) {
    listener_.start();
  }
  ~Echo() {
    release();
    listener_.stop(0);
    for (auto& thread : threads_) thread.join();
  }

  [[nodiscard]] Wire connect() const { return Wire(listener_.port()); }
  [[nodiscard]] int port() const { return listener_.port(); }
  [[nodiscard]] server::ListenFigures figures() const { return listener_.figures(); }
  void stop(std::int64_t grace_ms) { listener_.stop(grace_ms); }

  // Requests to /held/... wait until they are released; newest first, to have them come out of order.
  void wait_held(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, 5s, [&] { return held_.size() >= count; }));
  }
  void release() {
    std::vector<std::pair<std::string, http::Respond>> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (auto i = held.rbegin(); i != held.rend(); ++i) i->second(http::ok(i->first));
  }
  std::vector<std::shared_ptr<http::Outlet>> wait_outlets(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, 5s, [&] { return outlets_.size() >= count; }));
    return outlets_;
  }
  void forget_outlets() {
    const std::lock_guard lock(mutex_);
    outlets_.clear();
  }
  [[nodiscard]] int dispatched() const { return dispatched_; }

 private:
  void dispatch(http::Request request, http::Respond respond) {
    ++dispatched_;
    const std::string path(request.path);
    if (path.starts_with("/held")) {
      const std::lock_guard lock(mutex_);
      held_.emplace_back(path, std::move(respond));
      changed_.notify_all();
    } else if (path == "/later") {
      const std::lock_guard lock(mutex_);
      threads_.emplace_back(
          [respond = std::move(respond), target = std::string(request.target)] { respond(http::ok(target)); });
    } else if (path == "/stream") {
      http::Reply reply{.content_type = http::kText, .body = "first\n"};
      reply.stream = [this](std::shared_ptr<http::Outlet> outlet) {
        const std::lock_guard lock(mutex_);
        outlets_.push_back(std::move(outlet));
        changed_.notify_all();
      };
      respond(std::move(reply));
    } else if (path == "/throw") {
      throw std::runtime_error("a fault");
    } else if (path == "/lose") {
      return;
    } else if (path == "/none") {
      respond(http::no_content());
    } else if (path == "/unchanged") {
      respond(http::Reply{.status = 304, .content_type = {}}.header("ETag", "\"1\""));
    } else if (path == "/truncated") {
      respond(http::Reply{.body = std::string(1000, 'x'), .delivery = http::Delivery::truncated});
    } else if (path == "/dropped") {
      respond(http::Reply{.body = "x", .delivery = http::Delivery::dropped});
    } else if (path == "/large") {
      respond(http::ok(std::string(8 * 1024 * 1024, 'x')));
    } else if (path == "/headers") {
      respond(http::Reply{.body = "{}"}.header("X-One", "a").header("X-Bad", "a\r\nX-Injected: b"));
    } else {
      std::string text = std::string(request.method_name) + " " + std::string(request.target) + " " +
                         request.client_address + (request.secure ? " secure " : " plain ") + request.body;
      respond(http::ok(std::move(text)));
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, http::Respond>> held_;
  std::vector<std::shared_ptr<http::Outlet>> outlets_;
  std::vector<std::thread> threads_;
  std::atomic<int> dispatched_{0};
  server::Listener listener_;
};

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

int status_of(const std::string& answer) { return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0; }

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// Until it is so, five seconds at most.
template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return condition();
}

}  // namespace

TEST_CASE("answers on the wire", "[listen]") {
  Echo echo;
  auto wire = echo.connect();
  SECTION("GET") {
    wire.send(get("/a%2Fb?c=d?e"));
    const auto answer = wire.answer();
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(count(answer, "Content-Type: application/json\r\n") == 1);
    CHECK(count(answer, "Content-Length: ") == 1);
    CHECK(count(answer, "Date: ") == 1);
    CHECK(answer.find("GMT\r\n") != std::string::npos);
    CHECK(count(answer, "Connection") == 0);
    CHECK(count(answer, "Keep-Alive") == 0);
    CHECK(body_of(answer) == "GET /a%2Fb?c=d?e 127.0.0.1 plain ");
  }
  SECTION("HEAD has GET's headers and no body") {
    wire.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/after"));
    const auto answer = wire.answer(true);
    CHECK(answer.find("Content-Length: " + std::to_string(std::string("HEAD /x 127.0.0.1 plain ").size())) !=
          std::string::npos);
    CHECK(count(answer, "Accept-Ranges") == 0);
    CHECK(body_of(wire.answer()) == "GET /after 127.0.0.1 plain ");
  }
  SECTION("204 and 304 have neither body nor length") {
    wire.send(get("/none") + get("/unchanged") + get("/after"));
    for (const int status : {204, 304}) {
      const auto answer = wire.answer(true);
      CHECK(status_of(answer) == status);
      CHECK(count(answer, "Content-") == 0);
      CHECK(count(answer, "Transfer-Encoding") == 0);
      CHECK(count(answer, "ETag: \"1\"\r\n") == (status == 304 ? 1 : 0));
    }
    CHECK(body_of(wire.answer()) == "GET /after 127.0.0.1 plain ");
  }
  SECTION("methods and targets that the library would refuse reach dispatch") {
    wire.send("BREW /x HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(body_of(wire.answer()) == "BREW /x 127.0.0.1 plain ");
    wire.send(get("/" + std::string(8000, 'x') + "?a=b?c?d"));
    CHECK(status_of(wire.answer()) == 200);
  }
  SECTION("a header's value cannot begin another header") {
    wire.send(get("/headers"));
    const auto answer = wire.answer();
    CHECK(count(answer, "X-One: a\r\n") == 1);
    CHECK(count(answer, "X-Injected") == 0);
  }
  SECTION("a large answer") {
    wire.send(get("/large") + get("/after"));
    CHECK(body_of(wire.answer()).size() == 8 * 1024 * 1024);
    CHECK(body_of(wire.answer()) == "GET /after 127.0.0.1 plain ");
  }
  SECTION("handlers that throw or forget are 500s, and say nothing of why") {
    wire.send(get("/throw") + get("/lose") + get("/after"));
    for (int i = 0; i < 2; ++i) {
      const auto answer = wire.answer();
      CHECK(status_of(answer) == 500);
      CHECK(answer.find("application/problem+json") != std::string::npos);
      CHECK(answer.find("a fault\"") == std::string::npos);
      CHECK(count(answer, "EXCEPTION") == 0);
    }
    CHECK(status_of(wire.answer()) == 200);
  }
  SECTION("headers of the library's own making cannot be sent to it") {  // CVE-2025-66570
    wire.send(get("/x", "REMOTE_ADDR: 10.0.0.1\r\nLOCAL_ADDR: 10.0.0.2\r\n"));
    CHECK(body_of(wire.answer()) == "GET /x 127.0.0.1 plain ");
  }
  SECTION("answers are not compressed, ranges not cut, bodies not inflated") {  // CVE-2026-22776 among others
    wire.send(get("/x", "Accept-Encoding: br, gzip\r\nRange: bytes=0-1,0-2,0-3\r\n"));
    const auto answer = wire.answer();
    CHECK(status_of(answer) == 200);
    CHECK(count(answer, "Content-Encoding") == 0);
    CHECK(body_of(answer) == "GET /x 127.0.0.1 plain ");
    wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08x");
    CHECK(body_of(wire.answer()) == "POST / 127.0.0.1 plain \x1f\x8b\x08x");
  }
}

TEST_CASE("bodies arrive whole", "[listen]") {
  Echo echo;
  auto wire = echo.connect();
  SECTION("with a length, in two parts") {
    wire.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    std::this_thread::sleep_for(20ms);
    wire.send("world" + get("/after"));
    CHECK(body_of(wire.answer()) == "POST /p 127.0.0.1 plain helloworld");
    CHECK(status_of(wire.answer()) == 200);
  }
  SECTION("in chunks") {
    wire.send("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
    std::this_thread::sleep_for(20ms);
    wire.send("lo\r\n0\r\n\r\n");
    CHECK(body_of(wire.answer()) == "POST /p 127.0.0.1 plain hello");
  }
  SECTION("of the greatest size") {
    wire.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + std::string(1048576, 'x'));
    CHECK(body_of(wire.answer()).size() == 1048576 + 24);
  }
  SECTION("after 100 Continue") {
    wire.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    CHECK(wire.answer(true) == "HTTP/1.1 100 Continue\r\n\r\n");
    wire.send("hello");
    CHECK(body_of(wire.answer()) == "POST /p 127.0.0.1 plain hello");
  }
}

TEST_CASE("refusals are problem documents, then the connection ends", "[listen]") {
  auto options = quick();
  options.make_request_id = [] { return std::string("id-of-refusal"); };
  Echo echo(options);
  const auto refused = [&](std::string_view bytes, int status) {
    CAPTURE(bytes.substr(0, 100));
    auto wire = echo.connect();
    wire.send(bytes);
    const auto answer = wire.rest();
    CHECK(status_of(answer) == status);
    CHECK(answer.find("Content-Type: application/problem+json\r\n") != std::string::npos);
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    CHECK(answer.find("X-Request-Id: id-of-refusal\r\n") != std::string::npos);
    CHECK(body_of(answer).find("\"status\":" + std::to_string(status)) != std::string::npos);
  };
  refused("nonsense\r\n\r\n", 400);
  refused("GET / HTTP/1.1\nHost: a\n\n", 400);
  refused("GET / HTTP/1.1\r\n\r\n", 400);
  refused(get("/", "Expect: tea\r\n"), 417);
  refused(get("/" + std::string(8192, 'x')), 414);
  refused(get("/", "X: " + std::string(33 * 1024, 'x') + "\r\n"), 431);
  refused("GET / HTTP/2.0\r\n\r\n", 505);
  refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501);
  refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
  // Larger than allowed: refused at once, and the client that goes on sending still gets to read why.
  refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n" + std::string(4'000'000, 'x'), 413);
  CHECK(echo.figures().refused == 10);
  CHECK(echo.dispatched() == 0);
}

TEST_CASE("connections stay open or close as asked", "[listen]") {
  Echo echo;
  auto wire = echo.connect();
  SECTION("HTTP/1.1 stays") {
    for (int i = 0; i < 3; ++i) {
      wire.send(get("/x"));
      CHECK(status_of(wire.answer()) == 200);
    }
    CHECK(echo.figures().accepted == 1);
  }
  SECTION("Connection: close") {
    wire.send(get("/x", "Connection: close\r\n") + get("/not-answered"));
    const auto answer = wire.rest();
    CHECK(count(answer, "HTTP/1.1 200") == 1);
    CHECK(count(answer, "Connection: close\r\n") == 1);
  }
  SECTION("HTTP/1.0 closes") {
    wire.send("GET /x HTTP/1.0\r\n\r\n");
    const auto answer = wire.rest();
    CHECK(status_of(answer) == 200);
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  }
  SECTION("HTTP/1.0 stays where it asks to") {
    for (int i = 0; i < 2; ++i) {
      wire.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      CHECK(wire.answer().find("Connection: keep-alive\r\n") != std::string::npos);
    }
  }
  SECTION("a client that sends no more still gets its answer") {
    wire.send(get("/x"));
    wire.finish();
    CHECK(status_of(wire.rest()) == 200);
  }
  CHECK(eventually([&] { return echo.figures().open <= 1; }));
}

TEST_CASE("a connection's answers keep their order", "[listen]") {
  Echo echo;
  auto wire = echo.connect();
  std::string requests;
  for (int i = 0; i < 300; ++i) requests += get((i % 3 == 0 ? "/later?" : "/x?") + std::to_string(i));
  std::thread sender([&] { wire.send(requests); });
  for (int i = 0; i < 300; ++i) {
    const auto body = body_of(wire.answer());
    CHECK(body.find("?" + std::to_string(i)) != std::string::npos);
  }
  sender.join();
}

TEST_CASE("256 connections wait for their answers without a worker, and get them in any order", "[listen]") {
  Echo echo;
  std::vector<Wire> wires;
  for (int i = 0; i < 256; ++i) {
    wires.push_back(echo.connect());
    wires.back().send(get("/held/" + std::to_string(i)));
  }
  echo.wait_held(256);
  // The workers are free all the while.
  auto other = echo.connect();
  other.send(get("/x"));
  CHECK(status_of(other.answer()) == 200);
  echo.release();
  for (int i = 0; i < 256; ++i)
    CHECK(body_of(wires[static_cast<std::size_t>(i)].answer()) == "/held/" + std::to_string(i));
}

TEST_CASE("an answer to a connection that is gone is dropped", "[listen]") {
  Echo echo;
  {
    auto wire = echo.connect();
    wire.send(get("/held/1"));
    echo.wait_held(1);
  }
  CHECK(eventually([&] { return echo.figures().accepted == 1; }));
  echo.release();
  CHECK(eventually([&] { return echo.figures().open == 0; }));
}

TEST_CASE("many clients at once", "[listen]") {
  auto options = quick();
  options.workers = 4;
  Echo echo(options);
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      for (int i = 0; i < 25; ++i) {
        auto wire = echo.connect();
        for (int j = 0; j < 4; ++j) {
          const auto target = "/" + std::string(j % 2 == 0 ? "later" : "x") + "?" + std::to_string(c * 1000 + i);
          wire.send(get(target));
          if (wire.answer().find(target) != std::string::npos) ++right;
        }
      }
    });
  }
  for (auto& client : clients) client.join();
  CHECK(right == 8 * 25 * 4);
  CHECK(echo.figures().requests == 8 * 25 * 4);
  CHECK(eventually([&] { return echo.figures().open == 0; }));
}

TEST_CASE("deadlines", "[listen]") {
  auto options = quick();
  options.head_deadline_ms = 150;
  options.body_deadline_ms = 150;
  options.idle_deadline_ms = 400;
  options.write_deadline_ms = 300;
  Echo echo(options);
  const auto started = std::chrono::steady_clock::now();
  const auto passed = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started).count();
  };

  SECTION("for the whole head, however it drips in") {
    auto wire = echo.connect();
    std::string head = get("/x", "X-Slow: " + std::string(100, 'x') + "\r\n");
    bool open = true;
    for (std::size_t i = 0; i + 1 < head.size() && passed() < 1000 && open; ++i) {
      open = wire.send(head.substr(i, 1)) && !wire.ends(10);
    }
    CHECK(passed() >= 140);
    CHECK(passed() < 900);
    CHECK(echo.dispatched() == 0);
  }
  SECTION("who sent a part of a head is told") {
    auto wire = echo.connect();
    wire.send("GET / HT");
    CHECK(status_of(wire.rest()) == 408);
    CHECK(passed() >= 140);
  }
  SECTION("for the whole body") {
    auto wire = echo.connect();
    wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    CHECK(status_of(wire.rest()) == 408);
    CHECK(passed() >= 140);
    CHECK(echo.dispatched() == 0);
  }
  SECTION("between requests, without a word") {
    auto wire = echo.connect();
    wire.send(get("/x"));
    CHECK(status_of(wire.answer()) == 200);
    CHECK(wire.rest().empty());
    CHECK(passed() >= 390);
  }
  SECTION("none while the server works") {
    auto wire = echo.connect();
    wire.send(get("/held/1"));
    echo.wait_held(1);
    std::this_thread::sleep_for(700ms);
    echo.release();
    CHECK(body_of(wire.answer()) == "/held/1");
  }
  SECTION("renewed by each request") {
    auto wire = echo.connect();
    for (int i = 0; i < 4; ++i) {
      wire.send(get("/x"));
      CHECK(status_of(wire.answer()) == 200);
      std::this_thread::sleep_for(200ms);
    }
  }
  SECTION("for who does not read the answer") {
    Wire wire(echo.port(), false, false, 4096);
    for (int i = 0; i < 4; ++i) wire.send(get("/large"));
    CHECK(eventually([&] { return echo.figures().accepted == 1; }));
    CHECK(eventually([&] { return echo.figures().open == 0; }));
    CHECK(passed() >= 290);
  }
  SECTION("not for who reads it slowly") {
    Wire wire(echo.port(), false, false, 4096);
    wire.send(get("/large", "Connection: close\r\n"));
    std::size_t size = 0;
    for (int i = 0; i < 15; ++i) {
      size += wire.receive().size();
      std::this_thread::sleep_for(40ms);
    }
    size += wire.rest().size();
    CHECK(size > 8 * 1024 * 1024);
  }
}

TEST_CASE("spoilt deliveries", "[listen]") {
  Echo echo;
  auto wire = echo.connect();
  SECTION("half of the body") {
    wire.send(get("/truncated"));
    const auto answer = wire.rest();
    CHECK(answer.find("Content-Length: 1000\r\n") != std::string::npos);
    CHECK(body_of(answer).size() == 500);
  }
  SECTION("not a byte") {
    wire.send(get("/dropped"));
    CHECK(wire.rest().empty());
  }
}

TEST_CASE("streams", "[listen]") {
  auto options = quick();
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
    server::Listener listener(quick(), [&](http::Request request, http::Respond answer) {
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
  const server::Listener listener(quick(), [](http::Request, http::Respond) {});
  CHECK(listener.port() > 0);
}

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
    auto options = quick();
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
    auto options = quick();
    options.port = port;
    CHECK(message(options).empty());
  }
  SECTION("not ours, not there, not a port") {
    auto options = quick();
    options.host = "192.0.2.1";
    CHECK(message(options).find("192.0.2.1:0 is not an address of this machine") == 0);
    options.host = "no-such-host.invalid";
    CHECK(message(options).find("no-such-host.invalid:0") == 0);
    options = quick();
    options.port = 70'000;
    CHECK(message(options).find("70000") != std::string::npos);
  }
  SECTION("IPv6") {
    auto options = quick();
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
    auto options = quick();
    options.host = "::";
    if (!message(options).empty()) return;
    const Echo echo(options);
    auto wire = echo.connect();
    wire.send(get("/x"));
    CHECK(body_of(wire.answer()) == "GET /x 127.0.0.1 plain ");
  }
}

TEST_CASE("more connections than allowed are closed, the others go on", "[listen]") {
  auto options = quick();
  options.max_connections = 3;
  Echo echo(options);
  std::vector<Wire> wires;
  for (int i = 0; i < 3; ++i) {
    wires.push_back(echo.connect());
    wires.back().send(get("/x"));
    CHECK(status_of(wires.back().answer()) == 200);
  }
  auto fourth = echo.connect();
  CHECK(fourth.ends());
  wires[0].send(get("/x"));
  CHECK(status_of(wires[0].answer()) == 200);
  wires.pop_back();
  CHECK(eventually([&] { return echo.figures().open == 2; }));
  auto fifth = echo.connect();
  fifth.send(get("/x"));
  CHECK(status_of(fifth.answer()) == 200);
}

TEST_CASE("a server without descriptors waits for them", "[listen]") {
  Echo echo;
  auto before = echo.connect();
  before.send(get("/x"));
  CHECK(status_of(before.answer()) == 200);
  auto late = echo.connect();
  late.send(get("/x"));
  CHECK(status_of(late.answer()) == 200);
  auto waiting = [&] {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit old = limit;
    const int next = ::socket(AF_INET, SOCK_STREAM, 0);
    ::close(next);
    Wire* wire = nullptr;
    // Room for this client's descriptor and for no other.
    limit.rlim_cur = static_cast<rlim_t>(next) + 1;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    wire = new Wire(echo.port());
    const auto cpu = std::clock();
    std::this_thread::sleep_for(300ms);
    CHECK(std::clock() - cpu < CLOCKS_PER_SEC / 10);  // it does not spin
    before.send(get("/x"));
    CHECK(status_of(before.answer()) == 200);
    ::setrlimit(RLIMIT_NOFILE, &old);
    return std::unique_ptr<Wire>(wire);
  }();
  waiting->send(get("/x"));
  CHECK(status_of(waiting->answer()) == 200);
}
