#include "archive/archive.h"
#include "core/error.h"
#include "search/search.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

using archive::Refused;
using archive::Source;
using support::Contains;

namespace {

std::vector<archive::Count> import(TestApp& app, const std::vector<Source>& sources) {
  std::vector<archive::Count> counts;
  app.store().between_batches([&](storage::Database& db) {
    counts = archive::import(db, app.app().random(), sources, {.now = app.clock().now()});
  });
  app.app().router().forget();
  return counts;
}

std::vector<std::string> faults(TestApp& app, const std::vector<Source>& sources) {
  try {
    import(app, sources);
  } catch (const Refused& refused) {
    return refused.shown();
  }
  return {};
}

std::string agent(const std::string& handle, Json fields = Json::object()) {
  Json line = {{"handle", handle},
               {"name", "Agent " + handle},
               {"tagline", "Came here in a file"},
               {"bio", "An agent that was somewhere else before, and that came here as a line of JSON in a file."},
               {"skills", {"Python", "SQL"}}};
  line.update(fields);
  return line.dump() + "\n";
}

Source agents(std::string_view text) { return {"agents.ndjson", "agents", text}; }
Source posts(std::string_view text) { return {"posts.ndjson", "posts", text}; }

}  // namespace

TEST_CASE("the name of a file tells what it holds", "[archive]") {
  CHECK(archive::kind_of_file("posts.ndjson") == "posts");
  CHECK(archive::kind_of_file("posts-2.ndjson") == "posts");
  CHECK(archive::kind_of_file("organization_follows.ndjson") == "organization_follows");
  CHECK(archive::kind_of_file("posts.json").empty());
  CHECK(archive::kind_of_file("my-posts.ndjson").empty());
}

TEST_CASE("agents and their posts come as lines with the names of the wire", "[archive][import]") {
  TestApp app;
  const std::string a = agent("Ada", {{"id", "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001"},
                                      {"created_at", "2025-03-01T10:00:00Z"},
                                      {"current_task", {{"task", "Reading"}, {"category", "research"}}},
                                      {"follower_count", 99},
                                      {"colour", "blue"}}) +
                        "\n" + agent("grace");
  const std::string p =
      "\xEF\xBB\xBF"
      R"({"id": 7, "author": "grace", "content": "Second @ada", "category": "wins", )"
      R"("created_at": "2025-05-01T00:00:00Z"})"
      "\r\n"
      R"({"id": "first", "author": {"handle": "ADA"}, "content": "First", "created_at": "2025-04-01T00:00:00+02:00"})";
  const std::string comments = R"({"post_id": "first", "author": "grace", "content": "Hm", "reply_to_id": null})";
  const std::string pinches = R"({"post_id": 7, "agent": "ada"})";
  const auto counts = import(app, {posts(p), agents(a), {"c", "comments", comments}, {"x", "pinches", pinches}});
  REQUIRE(counts.size() == 4);
  CHECK(counts[0].kind == "agents");
  CHECK(counts[0].lines == 2);

  const Json ada = app.get("/agents/ada").json["agent"];
  CHECK(ada["id"] == "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001");
  CHECK(ada["created_at"] == "2025-03-01T10:00:00.000Z");
  CHECK(ada["updated_at"] == ada["created_at"]);
  CHECK(ada["current_task"]["category"] == "research");
  CHECK(ada["follower_count"] == 0);
  CHECK(ada["post_count"] == 1);

  const Json feed = app.get("/feed").json["posts"];
  REQUIRE(feed.size() == 2);
  CHECK(feed[0]["content"] == "Second @ada");
  CHECK(feed[0]["mentions"] == Json::array({"ada"}));
  CHECK(feed[0]["pinch_count"] == 1);
  CHECK(feed[1]["created_at"] == "2025-03-31T22:00:00.000Z");
  CHECK(feed[1]["comment_count"] == 1);
  CHECK(app.get("/search?q=second&type=posts").json["posts"].size() == 1);
  CHECK(app.get("/search/suggest?q=pyth").json["suggestions"][0]["count"] == 2);

  // What comes to others is found beside them.
  import(app, {agents(agent("eve")), posts(R"({"author": "eve", "content": "Second too"})")});
  app.post("/feed", "ivy", {{"content", "A second of my own"}});
  CHECK(app.get("/search?q=second&type=posts").json["posts"].size() == 3);
  CHECK(app.get("/search/suggest?q=pyth").json["suggestions"][0]["count"] == 4);
  app.store().between_batches([](storage::Database& db) { CHECK(search::check(db).empty()); });
}

TEST_CASE("what comes into a database at rest is in the index at once", "[archive][import]") {
  core::SystemRandom random;
  storage::Store store({.location = {.memory = true}});
  store.between_batches([&](storage::Database& db) {
    archive::import(db, random, {agents(agent("ada")), posts(R"({"author": "ada", "content": "First"})")}, {});
    archive::import(db, random, {posts(R"({"author": "ada", "content": "Second"})")}, {});
    CHECK(search::check(db).empty());
  });
}

TEST_CASE("an agent may bring its key", "[archive][import]") {
  TestApp app;
  TestApp other;
  const std::string key = other.key("somebody");
  import(app, {agents(agent("ada", {{ "api_key", key }}) + agent("bob", {{ "api_key", nullptr }}))});
  CHECK(app.get("/agents/me", key).json["agent"]["handle"] == "ada");
  CHECK(faults(app, {agents(agent("eve", {{"api_key", key}}))}) ==
        std::vector<std::string>{"agents.ndjson:1: Another agent has this api_key."});
  CHECK_THAT(faults(app, {agents(agent("eve", {{"api_key", "clnk_short"}}))}).at(0),
             Contains("agents.ndjson:1: api_key must be a key"));
}

TEST_CASE("a bad line is named by file and number, and nothing is imported", "[archive][import]") {
  TestApp app;
  const std::string good = agent("ada");

  SECTION("each kind of fault") {
    const std::string lines = good + "{\"handle\": \"bob\"\n" + agent("me") + agent("eve", {{"tagline", "short"}}) +
                              agent("cy", {{"created_at", "yesterday"}}) + "[]\n" + agent("ada");
    const auto said = faults(app, {agents(lines)});
    REQUIRE(said.size() == 6);
    CHECK_THAT(said[0], Contains("agents.ndjson:2: The line is not valid JSON"));
    CHECK_THAT(said[1], Contains("agents.ndjson:3: handle \"me\" is a word that the routes use"));
    CHECK_THAT(said[2], Contains("agents.ndjson:4: tagline must have 10 to 200 characters; it has 5."));
    CHECK_THAT(said[3], Contains("agents.ndjson:5: created_at must be a time like"));
    CHECK_THAT(said[4], Contains("agents.ndjson:6: The line must be one JSON object"));
    CHECK_THAT(said[5], Contains("agents.ndjson:7: There is an agent with the handle \"ada\" already."));
  }
  SECTION("what refers to nothing") {
    const auto said = faults(app, {agents(good),
                                   posts(R"({"author": "nobody", "content": "Hm"})"),
                                   {"c.ndjson", "comments", R"({"post_id": "p1", "author": "ada", "content": "Hm"})"}});
    REQUIRE(said.size() == 2);
    CHECK_THAT(said[0], Contains("posts.ndjson:1: author: there is no agent with the handle \"nobody\"."));
    CHECK_THAT(said[1], Contains("c.ndjson:1: post_id \"p1\" is the id of nothing in posts.ndjson"));
  }
  SECTION("what refers to a faulty line is no fault of its own") {
    const std::string eve = agent("eve", {{"bio", "x"}});
    const auto said = faults(app, {agents(eve), posts(R"({"author": "eve", "content": "Hm"})")});
    REQUIRE(said.size() == 1);
    CHECK_THAT(said[0], Contains("agents.ndjson:1: bio"));
  }
  SECTION("at most so many are shown") {
    std::string many = good;
    for (int i = 0; i < 30; ++i) many += "{}\n";
    CHECK(faults(app, {agents(many)}).size() == archive::kShownFaults);
    CHECK_THROWS_WITH(import(app, std::vector<Source>{agents(many)}), "30 lines cannot be imported; nothing was.");
  }
  SECTION("an id that is there already, and a deed that was done") {
    const std::string a = good + agent("bob");
    const std::string follow = R"({"connection_type": "follow", "requester": "ada", "recipient": "bob"})";
    const std::string post = R"({"id": "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001", "author": "ada", "content": "Hm"})";
    import(app, {agents(a), {"f", "connections", follow}, posts(post)});
    CHECK(faults(app, {posts(post)}) ==
          std::vector<std::string>{"posts.ndjson:1: There is a post with this id already."});
    CHECK(faults(app, {{"f", "connections", follow}}) ==
          std::vector<std::string>{"f:1: There is such a connection already."});
    CHECK(app.get("/agents/bob").json["agent"]["follower_count"] == 1);
    return;
  }
  CHECK(app.get("/agents").json["agents"].empty());
  CHECK(app.get("/feed").json["posts"].empty());
}

TEST_CASE("an import that is broken off changes nothing", "[archive][import]") {
  TestApp app;
  std::string many;
  for (int i = 0; i < 600; ++i) many += agent("agent" + std::to_string(i));
  std::stop_source stop;
  stop.request_stop();
  app.store().between_batches([&](storage::Database& db) {
    const archive::ImportOptions options{.now = 0, .stop = stop.get_token()};
    const std::vector<Source> sources = {agents(many)};
    CHECK_THROWS_AS(archive::import(db, app.app().random(), sources, options), core::Error);
    CHECK_FALSE(db.in_transaction());
  });
  CHECK(app.get("/agents").json["agents"].empty());
}
