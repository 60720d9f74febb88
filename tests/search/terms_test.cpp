// The words of an index, read from FTS5's pages, against FTS5's own list of them.
#include "search/terms.h"

#include <algorithm>
#include <random>
#include <set>

#include "search/completions.h"
#include "search/search.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

using Words = std::vector<std::string>;

// Each of the letters is a word in every post, and its rows fill pages.
constexpr std::string_view kCommon = "abc";

std::string made_word(std::mt19937& chance) {
  static constexpr std::string_view kLetters = "abcdex5-é";
  std::string word(1, kLetters[chance() % 6]);
  for (std::size_t length = chance() % 9; length > 0; --length) {
    const std::size_t at = chance() % 8;
    word += at == 7 ? std::string("é") : std::string(1, kLetters[at]);
  }
  return word;
}

void add_posts(storage::Database& db, std::mt19937& chance, int count) {
  storage::Transaction transaction(db, storage::Transaction::Kind::write);
  for (int i = 0; i < count; ++i) {
    std::string content;
    for (const char common : kCommon) content += std::string(1, common) + " ";
    content += made_word(chance);
    db.run(R"sql(INSERT INTO posts (uuid, created_at, content) VALUES (randomblob(16), 1, ?1))sql", content);
  }
  search::catch_up(db);
  transaction.commit();
}

Words listed_words(storage::Database& db) {
  db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.listed USING fts5vocab (main, posts_search, row)");
  Words words;
  storage::Transaction transaction(db, storage::Transaction::Kind::read);
  for (auto row = db.query(R"(SELECT term FROM temp.listed ORDER BY term)"); row.step();) {
    words.push_back(row.string(0));
  }
  return words;
}

void compare(storage::Database& db, std::mt19937& chance) {
  const Words listed = listed_words(db);
  Words walked;
  search::Terms walk(db, search::kPostsSegments);
  for (std::string_view word = walk.first_from(""); !word.empty(); word = walk.first_from(walked.back() + '\0')) {
    walked.emplace_back(word);
  }
  CHECK(walked == listed);
  search::Terms terms(db, search::kPostsSegments);
  for (int i = 0; i < 500; ++i) {
    const std::string from = made_word(chance);
    INFO(from);
    const auto expected = std::ranges::lower_bound(listed, from);
    CHECK(terms.first_from(from) == (expected == listed.end() ? "" : *expected));
  }
}

}  // namespace

TEST_CASE("search: the words of an index", "[search][terms]") {
  TestApp app;
  std::mt19937 chance(3);
  app.app().store().between_batches([&](storage::Database& db) {
    CHECK(search::Terms(db, search::kPostsSegments).first_from("").empty());
    search::Upkeep upkeep;
    for (const int posts : {1, 5000, 3, 700, 40, 2000, 1, 1}) {
      add_posts(db, chance, posts);
      compare(db, chance);
    }
    // Half merged, then whole.
    for (int step = 0; step < 3; ++step) {
      db.execute("INSERT INTO posts_search (posts_search, rank) VALUES ('merge', -4)");
      compare(db, chance);
    }
    upkeep.finish(db);
    compare(db, chance);
  });
}

TEST_CASE("search: the words that begin alike", "[search][terms]") {
  TestApp app;
  app.make_agent("ada");
  app.post("/feed", "ada", {{"content", "node nodes node.js nodejs noddy"}});
  for (int i = 10; i < 60; ++i) app.post("/feed", "ada", {{"content", "manifold" + std::to_string(i)}});
  app.app().store().read([](storage::Database& db) {
    search::Completions completions(db, search::kPostsSegments, 3);
    CHECK(completions.of("node") == Words{"node", "node.js", "nodejs", "nodes"});
    CHECK(completions.of("nodez") == Words{});
    CHECK_FALSE(completions.of("nod"));       // has a prefix index
    CHECK_FALSE(completions.of("manifold"));  // too many
  });
  CHECK(app.get("/search?type=posts&q=node").json["posts"].size() == 1);
  CHECK(app.get("/search?type=posts&q=nodej").json["posts"].size() == 1);
  CHECK(app.get("/search?type=posts&q=manifold&limit=100").json["posts"].size() == 50);
  CHECK(app.get("/search?type=posts&q=manifold1&limit=100").json["posts"].size() == 10);
}

TEST_CASE("search: words that are gone are neither known nor corrections", "[search][terms]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Python"}}});
  app.make_agent("bob", {{"skills", {"Pyhton", "Pythom"}}});
  CHECK(app.get("/search?q=pyhton").json["corrected"] == false);
  REQUIRE(app.patch("/agents/me", "bob", {{"skills", {"Rust"}}}).status == 200);
  for (const char* q : {"/search?q=pyhton", "/search?q=pyhton%20", "/search?q=pythom"}) {
    const auto answer = app.get(q);
    INFO(q);
    CHECK(answer.json["corrected"] == true);
    REQUIRE(answer.json["agents"].size() == 1);
    CHECK(answer.json["agents"][0]["handle"] == "ada");
  }
}
