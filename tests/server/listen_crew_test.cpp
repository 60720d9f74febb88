#include "server/listen_crew.h"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "server/echo.h"
#include "support/catch.h"
#include "support/wire.h"

using namespace std::chrono_literals;
using server::Crew;
using support::eventually;
using support::get;

TEST_CASE("a relief is needed while fewer than the regulars can serve", "[listen]") {
  Crew crew(4, 2);
  CHECK_FALSE(crew.is_relief(1));
  CHECK(crew.is_relief(2));

  SECTION("not while they wait for events") {
    crew.look_on(2);
    CHECK_FALSE(crew.is_needed(2));
  }
  SECTION("not while they get on") {
    crew.begin_turn(0);
    crew.look_on(2);
    crew.end_turn(0);
    crew.begin_turn(0);
    CHECK_FALSE(crew.is_needed(2));
  }
  SECTION("when one is held up, and the next relief only when two are") {
    crew.begin_turn(0);
    crew.look_on(2);
    crew.look_on(3);
    CHECK(crew.is_needed(2));
    CHECK_FALSE(crew.is_needed(3));
    crew.begin_turn(1);
    crew.look_on(2);
    crew.look_on(3);
    CHECK(crew.is_needed(2));
    CHECK(crew.is_needed(3));
  }
  SECTION("when the relief before it is held up as well") {
    crew.begin_turn(0);
    crew.look_on(2);
    REQUIRE(crew.is_needed(2));
    crew.begin_turn(2);
    crew.look_on(3);
    CHECK(crew.is_needed(3));
    crew.end_turn(2);
    crew.look_on(3);
    CHECK_FALSE(crew.is_needed(3));
  }
  SECTION("no longer than they are held up") {
    crew.begin_turn(0);
    crew.look_on(2);
    REQUIRE(crew.is_needed(2));
    crew.end_turn(0);
    crew.look_on(2);
    CHECK_FALSE(crew.is_needed(2));
  }
}

TEST_CASE("more regulars than workers are all of the workers", "[listen]") {
  const Crew crew(2, 8);
  CHECK_FALSE(crew.is_relief(1));
}

TEST_CASE("a relief sleeps while nothing happens and is woken by a turn, or for good", "[listen]") {
  Crew crew(2, 1);
  std::atomic<int> looks{0};
  std::thread relief([&] {
    while (!crew.dismissed()) {
      crew.look_on(1);
      crew.rest(1);
      ++looks;
    }
  });
  const auto fell_asleep = [&] {
    const int before = looks;
    std::this_thread::sleep_for(20 * Crew::kLookMs * 1ms);
    return looks == before;
  };
  CHECK(eventually(fell_asleep));
  const int before = looks;
  crew.begin_turn(0);
  crew.end_turn(0);
  CHECK(eventually([&] { return looks > before; }));
  CHECK(eventually(fell_asleep));
  crew.dismiss();
  relief.join();
}

TEST_CASE("handlers that hold up their workers hold up nobody else", "[listen]") {
  auto options = support::any_port();
  options.workers = static_cast<int>(std::thread::hardware_concurrency()) + 2;
  support::Echo echo(options);
  std::vector<support::Wire> wires;
  // All but one: no matter how many of them are regulars.
  for (int i = 0; i + 1 < options.workers; ++i) {
    wires.push_back(echo.connect());
    wires.back().send(get("/blocked/" + std::to_string(i)));
    echo.wait_blocked(static_cast<std::size_t>(i) + 1);
  }
  auto other = echo.connect();
  other.send(get("/x"));
  CHECK(support::status_of(other.answer()) == 200);
  echo.unblock();
  for (auto& wire : wires) CHECK(support::status_of(wire.answer()) == 200);
}
