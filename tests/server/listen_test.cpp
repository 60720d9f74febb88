#include "server/listen.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/echo.h"
#include "support/catch.h"
#include "support/wire.h"

namespace {

using support::any_port;
using support::body_of;
using support::count;
using support::Echo;
using support::eventually;
using support::get;
using support::status_of;
using support::Wire;
using namespace std::chrono_literals;

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
  auto options = any_port();
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
  SECTION("a client that sends no more in the middle of a request is told") {
    wire.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    wire.finish();
    CHECK(status_of(wire.rest()) == 400);
    CHECK(echo.dispatched() == 0);
  }
  SECTION("a client that leaves between two requests is not") {
    wire.send(get("/x"));
    CHECK(status_of(wire.answer()) == 200);
    wire.finish();
    CHECK(wire.rest().empty());
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
  auto options = any_port();
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
