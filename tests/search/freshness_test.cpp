// The next request finds what was written, and does not find what was changed or deleted.
#include <future>
#include <stdexcept>

#include "core/text.h"
#include "search/search.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

std::size_t count(TestApp& app, const std::string& type, const std::string& query, const std::string& more = "") {
  const auto answer = app.get("/search?type=" + type + "&q=" + core::percent_encode(query) + more);
  REQUIRE(answer.status == 200);
  // What a typing error finds does not count here.
  return answer.json["corrected"] == true ? 0 : answer.json[type].size();
}

bool suggests(TestApp& app, const std::string& query, const std::string& text) {
  const auto answer = app.get("/search/suggest?limit=20&q=" + core::percent_encode(query));
  REQUIRE(answer.status == 200);
  for (const auto& suggestion : answer.json["suggestions"]) {
    if (suggestion["text"] == text) return true;
  }
  return false;
}

void check_index(TestApp& app) {
  app.app().store().between_batches([](storage::Database& db) {
    for (const auto& fault : search::check(db)) FAIL_CHECK(fault);
  });
}

void execute(TestApp& app, const std::string& sql) {
  app.app().store().write_and_wait([&](storage::Database& db) { db.execute(sql); });
}

}  // namespace

TEST_CASE("search: agents as they are now", "[search][freshness]") {
  TestApp app;
  app.make_agent("ada", {{"name", "Ada Lovelace"}, {"skills", {"Zig"}}});
  CHECK(count(app, "agents", "zig") == 1);
  CHECK(suggests(app, "zi", "Zig"));
  CHECK(suggests(app, "love", "Ada Lovelace"));
  CHECK(suggests(app, "ad", "ada"));

  REQUIRE(app.patch("/agents/me", "ada", {{"skills", {"Nim"}}, {"name", "Ada Byron"}}).status == 200);
  CHECK(count(app, "agents", "zig") == 0);
  CHECK(count(app, "agents", "nim") == 1);
  CHECK(count(app, "agents", "lovelace") == 0);
  CHECK(count(app, "agents", "byron") == 1);
  CHECK_FALSE(suggests(app, "zi", "Zig"));
  CHECK_FALSE(suggests(app, "love", "Ada Lovelace"));
  CHECK(suggests(app, "byr", "Ada Byron"));

  REQUIRE(app.post("/agents/me/skills", "ada", {{"skills", {"Odin"}}}).status == 200);
  CHECK(count(app, "agents", "odin nim") == 1);
  CHECK(suggests(app, "odi", "Odin"));
  REQUIRE(app.del("/agents/me/skills/Odin", "ada").status == 200);
  CHECK(count(app, "agents", "odin") == 0);
  CHECK_FALSE(suggests(app, "odi", "Odin"));

  REQUIRE(app.patch("/agents/me", "ada", {{"work_status", "busy"}}).status == 200);
  CHECK(count(app, "agents", "nim", "&work_status=busy") == 1);
  CHECK(count(app, "agents", "nim", "&available=true") == 0);
  CHECK(count(app, "agents", "nim", "&available=false") == 1);
  check_index(app);

  app.post("/feed", "ada", {{"content", "a post about oberon"}});
  REQUIRE(app.del("/agents/me", "ada").status == 204);
  CHECK(count(app, "agents", "nim") == 0);
  CHECK(count(app, "agents", "ada") == 0);
  CHECK(count(app, "posts", "oberon") == 1);  // it stays, without its author
  CHECK_FALSE(suggests(app, "ad", "ada"));
  CHECK_FALSE(suggests(app, "byr", "Ada Byron"));
  check_index(app);
}

TEST_CASE("search: posts as they are now", "[search][freshness]") {
  TestApp app;
  const auto post = app.post("/feed", "ada", {{"content", "First light of the telescope"}});
  const std::string path = "/feed/" + post.json["post"]["id"].get<std::string>();
  CHECK(count(app, "posts", "telescope") == 1);
  CHECK(count(app, "posts", "tele") == 1);
  REQUIRE(app.patch(path, "ada", {{"content", "First light of the microscope"}}).status == 200);
  CHECK(count(app, "posts", "telescope") == 0);
  CHECK(count(app, "posts", "microscope") == 1);
  CHECK(count(app, "posts", "microscope", "&category=general") == 1);
  CHECK(count(app, "posts", "microscope", "&category=wins") == 0);
  REQUIRE(app.patch(path, "ada", {{"category", "wins"}}).status == 200);
  CHECK(count(app, "posts", "microscope", "&category=wins") == 1);
  check_index(app);
  REQUIRE(app.del(path, "ada").status == 204);
  CHECK(count(app, "posts", "microscope") == 0);
  check_index(app);
}

TEST_CASE("search: posts that one transaction writes, changes and deletes", "[search][freshness]") {
  TestApp app;
  execute(app, "INSERT INTO posts (id, uuid, created_at, content)"
               " VALUES (1, x'01', 1, 'alder'), (2, x'02', 1, 'beech')");
  CHECK(count(app, "posts", "alder") == 1);
  execute(app, "INSERT INTO posts (id, uuid, created_at, content)"
               " VALUES (3, x'03', 1, 'cedar'), (4, x'04', 1, 'dogwood');"
               "UPDATE posts SET content = 'elder' WHERE id IN (1, 3);"  // one in the index, one not yet
               "UPDATE posts SET content = 'fir' WHERE id = 3;"
               "DELETE FROM posts WHERE id IN (2, 4);"
               "INSERT INTO posts (id, uuid, created_at, content) VALUES (4, x'05', 1, 'ginkgo')");
  for (const char* gone : {"alder", "beech", "cedar", "dogwood"}) CHECK(count(app, "posts", gone) == 0);
  for (const char* there : {"elder", "fir", "ginkgo"}) CHECK(count(app, "posts", there) == 1);
  execute(app, "UPDATE posts SET content = 'hazel' WHERE id = 1; DELETE FROM posts WHERE id = 1;"
               "UPDATE posts SET content = content WHERE id = 3");
  CHECK(count(app, "posts", "elder") == 0);
  CHECK(count(app, "posts", "hazel") == 0);
  CHECK(count(app, "posts", "fir") == 1);
  check_index(app);
}

TEST_CASE("search: a write that fails takes nothing of the others' out of the index", "[search][freshness]") {
  TestApp app;
  app.make_agent("ada");
  auto& store = app.app().store();
  std::promise<void> last;
  store.write([](storage::Database& db) {
    db.execute("INSERT INTO posts (id, uuid, created_at, content) VALUES (1, x'01', 1, 'alder')");
  }, [](std::exception_ptr) {});
  store.write([](storage::Database& db) {
    db.execute("INSERT INTO posts (id, uuid, created_at, content) VALUES (2, x'02', 1, 'beech')");
    throw std::runtime_error("after it changed something");
  }, [](std::exception_ptr) {});
  store.write([](storage::Database& db) {
    db.execute("INSERT INTO posts (id, uuid, created_at, content) VALUES (3, x'03', 1, 'cedar')");
  }, [&](std::exception_ptr) { last.set_value(); });
  last.get_future().wait();
  CHECK(count(app, "posts", "alder") == 1);
  CHECK(count(app, "posts", "beech") == 0);
  CHECK(count(app, "posts", "cedar") == 1);
  check_index(app);
}

TEST_CASE("search: organizations as they are now", "[search][freshness]") {
  TestApp app;
  execute(app, "INSERT INTO organizations (uuid, handle, name, tagline, description, industry, created_at, updated_at)"
               " VALUES (x'01', 'acme', 'Acme Works', 'Anvils and rockets', 'Since 1949', 'artificial intelligence', 1,"
               " 1)");
  CHECK(count(app, "organizations", "acme") == 1);
  CHECK(count(app, "organizations", "anvils") == 1);
  CHECK(count(app, "organizations", "anvils", "&industry=Artificial%20Intelligence") == 1);
  CHECK(count(app, "organizations", "anvils", "&industry=artificial") == 0);
  CHECK(count(app, "organizations", "anvils", "&size=small") == 1);
  CHECK(count(app, "organizations", "anvils", "&size=large") == 0);
  CHECK(count(app, "organizations", "anvils", "&hiring=false") == 1);
  CHECK(count(app, "organizations", "small") == 0);  // the size is for filters
  CHECK(suggests(app, "wor", "Acme Works"));
  execute(app, "INSERT INTO jobs (uuid, organization_id, title, description, created_at, updated_at)"
               " VALUES (x'02', 1, 'Anvil dropper', 'Must like heights', 1, 1)");
  CHECK(count(app, "organizations", "anvils", "&hiring=true") == 1);
  CHECK(count(app, "organizations", "anvils", "&hiring=false") == 0);
  execute(app, "UPDATE organizations SET name = 'Apex Works', tagline = 'Only rockets' WHERE handle = 'acme'");
  CHECK(count(app, "organizations", "anvils") == 0);
  CHECK(count(app, "organizations", "apex") == 1);
  CHECK_FALSE(suggests(app, "acm", "Acme Works"));
  CHECK(suggests(app, "ape", "Apex Works"));
  check_index(app);
  execute(app, "DELETE FROM organizations");
  CHECK(count(app, "organizations", "apex") == 0);
  CHECK_FALSE(suggests(app, "ape", "Apex Works"));
  CHECK(count(app, "jobs", "anvil") == 1);
  check_index(app);
}

TEST_CASE("search: jobs as they are now", "[search][freshness]") {
  TestApp app;
  execute(app, "INSERT INTO jobs (uuid, title, description, skills, job_type, created_at, updated_at) VALUES"
               " (x'01', 'Translate a manual', 'From French to Latin', '[\"Latin\"]', 'task', 1000, 1000),"
               " (x'02', 'Translate a novel', 'From Latin to French', '[\"French\"]', 'part_time', 2000, 2000);"
               "INSERT INTO job_skills (job_id, skill, name, status, job_type, job_created_at) VALUES"
               " (1, 'latin', 'Latin', 'open', 'task', 1000), (2, 'french', 'French', 'open', 'part_time', 2000)");
  const auto titles = [&](const std::string& query, const std::string& more = "") {
    std::string all;
    const auto answer = app.get("/search?type=jobs&q=" + query + more);
    for (const auto& job : answer.json["jobs"]) {
      all += job["title"].get<std::string>() + "|";
    }
    return all;
  };
  CHECK(titles("translate") == "Translate a novel|Translate a manual|");  // the newest first
  CHECK(titles("latin") == "Translate a manual|Translate a novel|");      // the skill before the description
  CHECK(titles("translate", "&skill=FRENCH") == "Translate a novel|");
  CHECK(titles("translate", "&job_type=task") == "Translate a manual|");
  CHECK(titles("translate", "&job_type=part_time") == "Translate a novel|");
  CHECK(suggests(app, "man", "Translate a manual"));
  CHECK(suggests(app, "lat", "Latin"));

  execute(app, "UPDATE jobs SET status = 'filled' WHERE id = 2");
  CHECK(titles("translate") == "Translate a manual|");  // open ones, unless others are asked for
  CHECK(titles("translate", "&status=filled") == "Translate a novel|");
  CHECK(titles("translate", "&status=any") == "Translate a novel|Translate a manual|");
  execute(app, "UPDATE jobs SET title = 'Translate a poem' WHERE id = 1");
  CHECK(titles("manual").empty());
  CHECK(titles("poem") == "Translate a poem|");
  check_index(app);
  execute(app, "DELETE FROM jobs");
  CHECK(count(app, "jobs", "translate") == 0);
  CHECK_FALSE(suggests(app, "lat", "Latin"));
  check_index(app);
}

TEST_CASE("search: a refused request leaves the index as it was", "[search][freshness]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Zig"}}});
  CHECK_THROWS(app.app().store().write_and_wait([](storage::Database& db) {
    db.execute("UPDATE agents SET name = 'Nobody', bio = 'changed'");
    throw std::runtime_error("no");
  }));
  CHECK(count(app, "agents", "nobody") == 0);
  CHECK(count(app, "agents", "zig") == 1);
  check_index(app);
}

TEST_CASE("search: a loaded image brings its own index", "[search][freshness]") {
  TestApp app;
  app.make_agent("ada", {{"skills", {"Zig"}}});
  const auto image = app.app().store().save();
  app.make_agent("bob", {{"skills", {"Cobol"}}});
  CHECK(count(app, "agents", "cobol") == 1);
  app.app().store().load(image);
  app.app().router().forget();
  CHECK(count(app, "agents", "cobol") == 0);
  CHECK(count(app, "agents", "zig") == 1);
  CHECK_FALSE(suggests(app, "cob", "Cobol"));
  check_index(app);
}
