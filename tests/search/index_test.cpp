// The care of the index: upkeep, check and rebuild.
#include "search/search.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

void fill(TestApp& app) {
  app.make_agent("ada", {{"skills", {"Zig", "C++"}},
                         {"experience", {{{"title", "Weaver"}, {"company", "Loom & Co"}, {"start_date", "2024-01"}}}}});
  app.make_agent("bob", {{"name", "Bob"}, {"skills", {"zig"}}});
  for (int i = 0; i < 30; ++i) app.post("/feed", "ada", {{"content", "post number " + std::to_string(i)}});
  app.app().store().write_and_wait([](storage::Database& db) {
    db.execute(
        "INSERT INTO organizations (uuid, handle, name, tagline, created_at, updated_at)"
        " VALUES (x'01', 'acme', 'Acme', 'Anvils', 1, 1);"
        "INSERT INTO jobs (uuid, organization_id, title, description, created_at, updated_at)"
        " VALUES (x'02', 1, 'Anvil dropper', 'Must like heights', 1, 1);"
        "UPDATE agents SET follower_count = 100 WHERE handle = 'bob';"
        "UPDATE organizations SET follower_count = 3");
  });
}

std::vector<std::string> faults(TestApp& app) {
  std::vector<std::string> found;
  app.app().store().between_batches([&](storage::Database& db) { found = search::check(db); });
  return found;
}

void execute(TestApp& app, const std::string& sql) {
  app.app().store().between_batches([&](storage::Database& db) { db.execute(sql); });
}

std::int64_t number(TestApp& app, const std::string& view, const std::string& handle) {
  std::int64_t id = 0;
  app.app().store().read([&](storage::Database& db) {
    id = view == "agents"
             ? db.integer(R"sql(SELECT search_id FROM agents_searched WHERE handle = ?1)sql", handle).value()
             : db.integer(R"sql(SELECT count(*) FROM search_moves WHERE kind <> ?1)sql", handle).value();
  });
  return id;
}

}  // namespace

TEST_CASE("search: experience is found", "[search][index]") {
  TestApp app;
  fill(app);
  const auto answer = app.get("/search?q=weaver%20loom");
  REQUIRE(answer.json["agents"].size() == 1);
  CHECK(answer.json["agents"][0]["highlight"] == "<mark>Weaver</mark>, <mark>Loom</mark> &amp; Co, 2024-01");
  CHECK(app.get("/search?q=start_date").json["agents"].empty());
}

TEST_CASE("search: check finds nothing wrong with an index that was kept", "[search][index]") {
  TestApp app;
  fill(app);
  CHECK(faults(app).empty());
  REQUIRE(app.del("/agents/me", "ada").status == 204);
  CHECK(faults(app).empty());
}

TEST_CASE("search: check finds what is wrong, and rebuild mends it", "[search][index]") {
  TestApp app;
  fill(app);
  const std::string harm = GENERATE(
      "DROP TRIGGER agents_refound_after; UPDATE agents SET bio = bio || ' unindexed' WHERE handle = 'ada'",
      "DROP TRIGGER posts_lost; DELETE FROM posts WHERE id = 3",
      "DROP TRIGGER jobs_found; INSERT INTO jobs (uuid, title, description, created_at, updated_at)"
      " VALUES (x'09', 'Unindexed', 'unindexed job', 1, 1)",
      "INSERT INTO organizations_search (organizations_search) VALUES ('delete-all')",
      "UPDATE suggestions SET count = count + 1 WHERE key = 'zig'", "DELETE FROM suggestions WHERE key = 'zig'");
  INFO(harm);
  execute(app, harm);
  const auto found = faults(app);
  CHECK(found.size() == 1);
  app.app().store().between_batches([](storage::Database& db) { search::rebuild(db); });
  for (const auto& fault : faults(app)) FAIL_CHECK(fault);
  CHECK(app.get("/search?q=zig").json["agents"][0]["handle"] == "bob");
  CHECK(app.get("/search/suggest?q=zi").json["suggestions"][0]["count"] == 2);
  // And it is kept again.
  app.make_agent("eve", {{"skills", {"Zig"}}});
  CHECK(app.get("/search?q=zig").json["agents"].size() == 3);
  CHECK(faults(app).empty());
}

TEST_CASE("search: upkeep puts rows where their followers say, and merges", "[search][index]") {
  TestApp app;
  fill(app);
  app.app().store().between_batches([](storage::Database& db) {
    search::Upkeep upkeep;
    CHECK_FALSE(upkeep.run(db));  // a batch is not worth a merge,
    while (upkeep.run(db)) {      // but rest is time for it
    }
    upkeep.finish(db);
  });
  CHECK(number(app, "moves", "") == 0);
  // 27 is 1 + 4 * log2(100) without its fraction.
  CHECK(number(app, "agents", "bob") >> 40 == 27);
  CHECK(number(app, "agents", "ada") >> 40 == 0);
  CHECK(faults(app).empty());
  CHECK(app.get("/search?q=zig").json["agents"][0]["handle"] == "bob");
}
