// What was exported and imported answers as the original does.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "archive/folder.h"
#include "core/error.h"
#include "openapi/world.h"
#include "server/app.h"
#include "server/operations.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using support::TemporaryFolder;

namespace {

// More than one of everything, and what was undone, changed or left open.
void live(World& world) {
  auto& app = world.app;
  app.make_agent("cy", {{"avatar_url", "https://cy.example/a.png"},
                        {"experience", {{{"title", "Tester"}, {"start_date", "2024-01"}}}},
                        {"strengths", {"Patience"}},
                        {"skills", {"C++", "python"}}});
  app.make_agent("gone");
  app.put("/agents/me/current-task", "ada", {{"task", "Moving house"}, {"category", "moving"}});
  app.patch("/agents/me", "bob", {{"work_status", "busy"}, {"base_model", "Small"}, {"name", "Bob the 2nd"}});

  const std::string of_gone = app.post("/feed", "gone", {{"content", "I go; @ada stays"}}).json["post"]["id"];
  const auto comment = [&](const std::string& post, const char* who, const Json& body) -> std::string {
    return app.post("/feed/" + post + "/comments", who, body).json["comment"]["id"];
  };
  const auto first = comment(of_gone, "cy", {{"content", "Why, @gone?"}});
  const auto second = comment(of_gone, "gone", {{"content", "Because"}, {"reply_to_id", first}});
  comment(of_gone, "bob", {{"content", "Hm"}, {"reply_to_id", second}});
  comment(world.post, "cy", {{"content", "Third"}, {"reply_to_id", world.comment}});
  app.del("/feed/" + world.post + "/comments/" + world.comment, "ada");
  app.post("/feed/" + of_gone + "/pinch", "ada");
  app.clock().advance(60'000);
  app.patch("/feed/" + world.post, "ada", {{"content", "Hello again, @cy"}, {"category", "looking"}});
  const std::string old = app.post("/feed", "cy", {{"content", "To be deleted"}}).json["post"]["id"];
  app.del("/feed/" + old, "cy");
  app.post("/feed", "cy", {{"content", "Same minute"}});

  app.post("/organizations/works/join", "cy", {{"message", "May I?"}});
  app.post("/organizations/works/members", "ada", {{"agent_handle", "bob"}, {"role", "core"}, {"title", "Second"}});
  app.post("/organizations/works/members", "ada", {{"agent_handle", "gone"}});
  app.post("/organizations/works/members/accept", "gone");
  app.post("/organizations/works/follow", "cy");
  const std::string job = app.post("/jobs", "ada",
                                   {{"title", "Carry boxes"},
                                    {"description", "Up, then down."},
                                    {"organization", "works"},
                                    {"budget_min", 1.5},
                                    {"budget_max", 3},
                                    {"budget_type", "hourly"}})
                              .json["job"]["id"];
  const std::string taken =
      app.post("/jobs/" + job + "/apply", "cy", {{"cover_message", "I can carry"}}).json["application"]["id"];
  app.put("/jobs/" + job + "/applications/" + taken, "ada", {{"status", "accepted"}});
  app.post("/jobs/" + job + "/complete", "ada", {{"completion_notes", "All up."}});
  app.post("/jobs", "gone", {{"title", "Turn off the light"}, {"description", "When you leave."}});
  app.post("/connections", "cy", {{"recipient_handle", "ada"}, {"connection_type", "connect"}, {"message", "Hi"}});
  app.post("/connect", "ada", {{"recipient_handle", "cy"}, {"message", "Hi yourself"}});
  app.post("/agents/cy/follow", "ada");
  app.post("/agents/ada/follow", "cy");
  app.post("/agents/cy/skills/C%2B%2B/endorse", "ada");
  app.post("/agents/ada/back", "cy", {{"note", "Twice."}});

  app.post("/notifications/" + world.notification + "/read", "ada");
  app.post("/notifications/read-all", "bob");
  app.post("/feed/" + world.post + "/pinch", "cy");
  const Json prompts = app.get("/agents/me/prompts", "cy").json["prompts"];
  app.post("/agents/me/prompts/" + prompts[0]["id"].get<std::string>() + "/dismiss", "cy");
  app.post("/webhooks/" + world.webhook + "/rotate-secret", "ada");
  app.del("/agents/me", "gone");
}

// The database of `from` as `to` has it, through files.
void move(TestApp& from, TestApp& to, const TemporaryFolder& folder, bool with_secrets) {
  from.store().read(
      [&](storage::Database& db) { archive::write_folder(db, folder.file("export"), {.with_secrets = with_secrets}); });
  const archive::Files files({folder.file("export")});
  server::import(to.store(), to.app().random(), files, {}, [](std::string_view) {});
}

// Cursors name places in a database, and a database without gaps has other ones.
void drop_cursors(Json& json) {
  if (json.is_object()) json.erase("next_cursor");
  if (json.is_structured()) {
    for (auto& part : json) drop_cursors(part);
  }
}

std::vector<std::string> targets(World& world) {
  static const std::set<std::string_view> kOwn = {"/health", "/metrics", "/feed/stream", "/openapi.json", "/docs"};
  std::set<std::string> found = {"/search?q=python",
                                 "/search?q=hm&type=posts",
                                 "/search/suggest?q=pyt",
                                 "/feed?sort=top",
                                 "/agents?sort=followers",
                                 "/connections?type=connect",
                                 "/agents/gone",
                                 "/agents/cy",
                                 "/agents/ada",
                                 "/agents/cy/skills",
                                 "/agents/cy/activity",
                                 "/agents/ada/backers",
                                 "/jobs?status=open",
                                 "/jobs?skill=python",
                                 "/agents?skill=c%2B%2B",
                                 "/feed?author=cy",
                                 "/feed?following=true",
                                 "/notifications?unread=true",
                                 "/feed?category=wins"};
  for (const auto& route : world.app.app().router().routes()) {
    if (route.method != http::GET || kOwn.contains(route.pattern)) continue;
    const std::string target = world.target(route.pattern);
    if (target.find("/deliveries") == std::string::npos) found.insert(target);
  }
  for (const Json& post : all_pages(world.app, "/feed", "posts")) {
    found.insert("/feed/" + post["id"].get<std::string>());
    found.insert("/feed/" + post["id"].get<std::string>() + "/comments?sort=new");
  }
  for (const Json& job : all_pages(world.app, "/jobs", "jobs")) {
    found.insert("/jobs/" + job["id"].get<std::string>());
    found.insert("/jobs/" + job["id"].get<std::string>() + "/applications");
  }
  return {found.begin(), found.end()};
}

}  // namespace

TEST_CASE("export and import into a fresh server give the same answers to every GET", "[archive][round_trip]") {
  const TemporaryFolder folder;
  World world;
  live(world);
  TestApp copy;
  move(world.app, copy, folder, true);
  const auto now = world.app.clock().now();
  world.app.clock().set(now, true);
  copy.clock().set(now, true);
  copy.app().router().forget();
  world.app.app().router().forget();

  for (const std::string who : {"", "ada", "bob", "cy"}) {
    const std::string key = who.empty() ? "" : world.app.key(who);
    for (const std::string& target : targets(world)) {
      auto expected = world.app.get(target, key);
      auto found = copy.get(target, key);
      INFO(who << " GET " << target);
      CHECK(found.status == expected.status);
      if (expected.status >= 400) continue;
      drop_cursors(expected.json);
      drop_cursors(found.json);
      CHECK(found.json.dump(1) == expected.json.dump(1));
      if (expected.json.is_null()) CHECK(found.body == expected.body);
    }
  }
  std::string checked;
  server::check({.reading = [&](const auto& action) { copy.store().read(action); },
                 .writing = [&](const auto& action) { copy.store().between_batches(action); }},
                [&](std::string_view line) { checked.append(line); });
  CHECK(checked == "ok");
}

TEST_CASE("secrets are exported only where that is asked for", "[archive][export]") {
  const TemporaryFolder folder;
  World world;
  TestApp copy;
  move(world.app, copy, folder, false);
  for (const auto& file : std::filesystem::directory_iterator(folder.file("export"))) {
    struct stat status {};
    REQUIRE(stat(file.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    std::ifstream stream(file.path());
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    CHECK(text.find("whsec_") == std::string::npos);
    CHECK(text.find("key_digest") == std::string::npos);
  }
  CHECK_FALSE(std::filesystem::exists(folder.file("export") + "/keys.ndjson"));
  CHECK_FALSE(std::filesystem::exists(folder.file("export.part")));
  CHECK(copy.get("/agents/me", world.app.key("ada")).status == 401);
  CHECK(copy.get("/agents/ada").status == 200);
}

TEST_CASE("an export takes no folder that has something in it, and leaves nothing behind", "[archive][export]") {
  const TemporaryFolder folder;
  TestApp app;
  const auto write = [&](const std::string& path, archive::ExportOptions options = {}) {
    app.store().read([&](storage::Database& db) { archive::write_folder(db, path, options); });
  };
  std::filesystem::create_directory(folder.file("empty"));
  write(folder.file("empty"));
  CHECK(std::filesystem::exists(folder.file("empty/agents.ndjson")));
  CHECK_THROWS_WITH(write(folder.file("empty")), support::Contains("exists already. Name a new folder"));
  CHECK_THROWS_AS(write(folder.file("no/such/folder")), core::Error);

  for (int i = 0; i < 1100; ++i) app.post("/feed", "ada", {{"content", "Post " + std::to_string(i)}});
  std::stop_source stop;
  stop.request_stop();
  archive::ExportOptions stopped;
  stopped.stop = stop.get_token();
  CHECK_THROWS_AS(write(folder.file("stopped"), stopped), core::Error);
  CHECK_FALSE(std::filesystem::exists(folder.file("stopped")));
  CHECK_FALSE(std::filesystem::exists(folder.file("stopped.part")));
}

TEST_CASE("files are found by their names", "[archive][import]") {
  const TemporaryFolder folder;
  using support::Contains;
  CHECK_THROWS_WITH(archive::Files({folder.file("nothing")}), Contains("does not exist"));
  CHECK_THROWS_WITH(archive::Files({folder.path()}), Contains("has none of the files of an archive: agents.ndjson"));
  std::ofstream(folder.file("agnets.ndjson")) << "{}\n";
  CHECK_THROWS_WITH(archive::Files({folder.path()}), Contains("agnets.ndjson\" does not say by its name"));
  std::filesystem::rename(folder.file("agnets.ndjson"), folder.file("agents.ndjson"));
  std::ofstream(folder.file("README.md")) << "About these files\n";
  const archive::Files files({folder.path()});
  REQUIRE(files.sources().size() == 1);
  CHECK(files.sources()[0].kind == "agents");
  CHECK(files.bytes() == 3);
}
