#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>
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
using support::status_of;
using support::Wire;
using namespace std::chrono_literals;

// The most that a connection of this port has sent and its client not taken: the tx_queue of /proc/net/tcp, in a line
// like "0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 …".
std::size_t queued_from(int port) {
  std::ifstream table("/proc/net/tcp");
  std::size_t most = 0;
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string number, local, remote, state, queues;
    words >> number >> local >> remote >> state >> queues;
    if (state != "01" || std::stoi(local.substr(local.find(':') + 1), nullptr, 16) != port) continue;
    most = std::max(most, static_cast<std::size_t>(std::stoul(queues, nullptr, 16)));
  }
  return most;
}

}  // namespace

TEST_CASE("deadlines", "[listen]") {
  auto options = any_port();
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

TEST_CASE("a client that does not read has little of its answer in the kernel's memory", "[listen]") {
  Echo echo;
  Wire wire(echo.port(), false, false, 4096);
  wire.send(get("/large"));
  CHECK(eventually([&] { return queued_from(echo.port()) > 0; }));
  std::this_thread::sleep_for(50ms);
  CHECK(queued_from(echo.port()) < 512 * 1024);
  CHECK(wire.answer().size() > 8 * 1024 * 1024);
}

TEST_CASE("more connections than allowed are closed, the others go on", "[listen]") {
  auto options = any_port();
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
  std::clock_t spent = 0;
  int status = 0;
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
    spent = std::clock() - cpu;
    before.send(get("/x"));
    status = status_of(before.answer());
    ::setrlimit(RLIMIT_NOFILE, &old);
    return std::unique_ptr<Wire>(wire);
  }();
  CHECK(spent < CLOCKS_PER_SEC / 10);  // it does not spin
  CHECK(status == 200);
  waiting->send(get("/x"));
  CHECK(status_of(waiting->answer()) == 200);
}
