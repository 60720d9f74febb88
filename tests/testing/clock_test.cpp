// The server's clock and the seed.
#include "support/catch.h"
#include "testing/local.h"

using support::control;
using support::with_test_api;
using Fields = std::vector<std::string>;

TEST_CASE("/_test/clock", "[testing]") {
  server::Config config = with_test_api();
  config.quotas = http::Quotas::off();
  config.quotas.set("post=1/hour");
  TestApp app(config);
  app.key("ada");
  const auto post = [&] { return app.post("/feed", "ada", {{"content", "Time and again"}}); };

  SECTION("what happens has its time") {
    const auto set = control(app, "PUT", "/_test/clock", {{"now", "2026-02-03T12:00:00Z"}, {"frozen", true}});
    CHECK(set.status == 200);
    CHECK(set.json["now"] == "2026-02-03T12:00:00.000Z");
    CHECK(set.json["frozen"] == true);
    CHECK(post().json["post"]["created_at"] == "2026-02-03T12:00:00.000Z");
    const auto moved = control(app, "POST", "/_test/clock/advance", {{"seconds", 5400.5}});
    CHECK(moved.json["now"] == "2026-02-03T13:30:00.500Z");
    CHECK(post().json["post"]["created_at"] == "2026-02-03T13:30:00.500Z");
    // Back by less than a minute too: what was set is what is shown.
    control(app, "PUT", "/_test/clock", {{"now", "2026-02-03T13:29:50Z"}});
    CHECK(app.put("/agents/me/current-task", "ada", {{"task", "Rest"}}).body.find("13:29:50.000Z") !=
          std::string::npos);
    CHECK(control(app, "GET", "/_test/clock").json["frozen"] == true);
  }
  SECTION("rate limits follow") {
    CHECK(post().status == 201);
    CHECK(post().status == 429);
    control(app, "POST", "/_test/clock/advance", {{"seconds", 3600}});
    CHECK(post().status == 201);
  }
  SECTION("null is real time again") {
    control(app, "PUT", "/_test/clock", {{"now", "2001-01-01T00:00:00Z"}, {"frozen", true}});
    const auto real = control(app, "PUT", "/_test/clock", {{"now", nullptr}});
    CHECK(real.json["frozen"] == false);
    CHECK(std::abs(real.json["offset_seconds"].get<double>()) < 1);
  }
  SECTION("frozen alone stops it where it is, and lets it go") {
    CHECK(control(app, "PUT", "/_test/clock", {{"frozen", true}}).json["frozen"] == true);
    const auto now = control(app, "GET", "/_test/clock").json["now"];
    CHECK(control(app, "GET", "/_test/clock").json["now"] == now);
    CHECK(control(app, "PATCH", "/_test/clock", {{"frozen", false}}).json["frozen"] == false);
  }
  SECTION("bad input changes nothing") {
    const auto refused = [&](const Json& body, const Fields& fields) {
      INFO(body.dump());
      const auto answer = control(app, "PUT", "/_test/clock", body);
      CHECK(answer.status == 400);
      CHECK(answer.faulty_fields() == fields);
    };
    refused({{"now", "tomorrow"}, {"frozen", "yes"}}, {"frozen", "now"});
    refused({{"now", "tomorrow"}}, {"now"});
    refused({{"now", "1066-10-14T09:00:00Z"}}, {"now"});
    refused(Json::object(), {"now"});
    for (const Json& seconds : {Json(-1), Json("60"), Json(1e12), Json(nullptr)}) {
      const auto answer = control(app, "POST", "/_test/clock/advance", {{"seconds", seconds}});
      CHECK(answer.status == 400);
      CHECK(answer.faulty_fields() == Fields{"seconds"});
    }
    CHECK(std::abs(control(app, "GET", "/_test/clock").json["offset_seconds"].get<double>()) < 1);
  }
}

TEST_CASE("/_test/seed", "[testing]") {
  struct Made {
    std::string agent, key, post;
    bool operator==(const Made&) const = default;
  };
  const auto make = [](TestApp& app, const std::string& handle) {
    const auto agent = app.make_agent(handle).json["agent"];
    const auto post = app.post("/feed", handle, {{"content", "The same as ever"}}).json["post"];
    return Made{agent["id"], agent["api_key"], post["id"]};
  };
  const auto seed = [](TestApp& app, int number) { control(app, "PUT", "/_test/seed", {{"seed", number}}); };

  TestApp first(with_test_api());
  seed(first, 42);
  const Made made = make(first, "ada");

  SECTION("every run is the same, whatever the time") {
    TestApp second(with_test_api());
    control(second, "PUT", "/_test/clock", {{"now", "2031-05-06T07:08:09Z"}});
    seed(second, 42);
    CHECK(make(second, "ada") == made);
    TestApp other(with_test_api());
    seed(other, 43);
    CHECK(make(other, "ada").key != made.key);
  }
  SECTION("a reset and the same seed begin anew") {
    control(first, "POST", "/_test/reset");
    seed(first, 42);
    CHECK(make(first, "ada") == made);
  }
  SECTION("the same seed twice in a row makes nothing twice, and the same again in each run") {
    seed(first, 42);
    const Made again = make(first, "bob");
    CHECK(again.agent > made.post);  // in the order in which they were made
    CHECK(again.key != made.key);
    TestApp second(with_test_api());
    seed(second, 42);
    make(second, "ada");
    seed(second, 42);
    CHECK(make(second, "bob") == again);
  }
  SECTION("null is real randomness again") {
    CHECK(control(first, "GET", "/_test/seed").json["seed"] == 42);
    CHECK(control(first, "PUT", "/_test/seed", {{"seed", nullptr}}).json["seed"].is_null());
    CHECK(make(first, "bob").agent > "018");  // has the time of day
  }
  SECTION("bad input") {
    for (const Json& bad : {Json::object(), Json{{"seed", -1}}, Json{{"seed", 1.5}}, Json{{"seed", "42"}}}) {
      const auto answer = control(first, "PUT", "/_test/seed", bad);
      CHECK(answer.status == 400);
      CHECK(answer.faulty_fields() == Fields{"seed"});
    }
    CHECK(control(first, "GET", "/_test/seed").json["seed"] == 42);
  }
}
