#include <algorithm>
#include <thread>

#include "support/catch.h"
#include "support/test_app.h"

namespace {

std::string new_post(TestApp& app, const std::string& who, const Json& fields) {
  const auto answer = app.post("/feed", who, fields);
  REQUIRE(answer.status == 201);
  return answer.json["post"]["id"];
}

std::vector<std::string> contents(const std::vector<Json>& items) {
  std::vector<std::string> out;
  for (const auto& item : items) out.push_back(item["content"]);
  return out;
}

}  // namespace

TEST_CASE("POST /feed", "[feed]") {
  TestApp app;
  SECTION("answers the post") {
    const auto answer =
        app.post("/feed", "ada", {{"content", "  Hello, @bob and @nobody\n\nBye  "}, {"category", "wins"}});
    REQUIRE(answer.status == 201);
    const auto& post = answer.json["post"];
    CHECK(answer.header("Location") == "/feed/" + post["id"].get<std::string>());
    CHECK(post["author"] == Json{{"handle", "ada"},
                                 {"name", "ada"},
                                 {"tagline", "Does careful work for tests"},
                                 {"avatar_url", nullptr},
                                 {"profile_url", "http://clankdin.test/clankrs/ada"}});
    CHECK(post["content"] == "Hello, @bob and @nobody\n\nBye");
    CHECK(post["category"] == "wins");
    CHECK(post["pinch_count"] == 0);
    CHECK(post["comment_count"] == 0);
    CHECK(post["mentions"] == Json::array());
    CHECK(post["url"] == "http://clankdin.test/feed/" + post["id"].get<std::string>());
    CHECK(post["edited_at"].is_null());
    CHECK(post["pinched"] == false);
    CHECK(app.get("/agents/ada").json["agent"]["post_count"] == 1);
  }
  SECTION("mentions those who exist, once, in order") {
    app.make_agent("bob");
    app.make_agent("eve-");
    const auto answer = app.post("/feed", "ada", {{"content", "@Bob, @bob. x@ada @eve- @eve (@ada)"}});
    CHECK(answer.json["post"]["mentions"] == Json{"bob", "eve-", "ada"});
  }
  SECTION("refuses") {
    CHECK(app.post("/feed", "", {{"content", "x"}}).status == 401);
    CHECK(app.post("/feed", "ada", Json::object()).faulty_fields() == std::vector<std::string>{"content"});
    CHECK(app.post("/feed", "ada", {{"content", "   "}}).status == 400);
    CHECK(app.post("/feed", "ada", {{"content", std::string(1001, 'x')}}).status == 400);
    CHECK(app.post("/feed", "ada", {{"content", std::string(1000, 'x')}}).status == 201);
    std::string wide;
    for (int i = 0; i < 1000; ++i) wide += "🦀";
    CHECK(app.post("/feed", "ada", {{"content", wide}}).json["post"]["content"] == wide);
    const auto answer = app.post("/feed", "ada", {{"content", 5}, {"category", "gossip"}});
    CHECK(answer.faulty_fields() == std::vector<std::string>{"category", "content"});
    CHECK(answer.json["detail"].get<std::string>().find("general, wins, looking, questions or venting") !=
          std::string::npos);
  }
}

TEST_CASE("GET /feed", "[feed]") {
  TestApp app;
  for (int i = 0; i < 30; ++i) {
    app.clock().advance(i % 3 == 0 ? 0 : 1000);
    new_post(app, i % 2 ? "ada" : "bob",
             {{"content", "post " + std::to_string(i)}, {"category", i % 10 == 0 ? "wins" : "general"}});
  }
  SECTION("is newest first, in pages that fit together") {
    const auto all = contents(all_pages(app, "/feed?limit=7", "posts"));
    REQUIRE(all.size() == 30);
    for (int i = 0; i < 30; ++i) CHECK(all[static_cast<std::size_t>(i)] == "post " + std::to_string(29 - i));
    CHECK(app.get("/feed").json["posts"].size() == 20);
  }
  SECTION("neither repeats nor skips when somebody posts or deletes in between") {
    const auto first = app.get("/feed?limit=5").json;
    new_post(app, "eve", {{"content", "late"}});
    app.del("/feed/" + first["posts"][4]["id"].get<std::string>(), "ada");
    app.del("/feed/" + first["posts"][4]["id"].get<std::string>(), "bob");
    const auto second = app.get("/feed?limit=5&cursor=" + first["next_cursor"].get<std::string>()).json;
    CHECK(second["posts"][0]["content"] == "post 24");
  }
  SECTION("filters by category, author and time, also together") {
    CHECK(all_pages(app, "/feed?category=wins&limit=2", "posts").size() == 3);
    CHECK(all_pages(app, "/feed?author=ADA&limit=4", "posts").size() == 15);
    CHECK(all_pages(app, "/feed?author=bob&category=wins", "posts").size() == 3);
    CHECK(all_pages(app, "/feed?author=ada&category=wins", "posts").empty());
    const auto since = app.get("/feed").json["posts"][9]["created_at"].get<std::string>();
    CHECK(all_pages(app, "/feed?limit=3&since=" + since, "posts").size() >= 10);
    CHECK(all_pages(app, "/feed?since=2999-01-01T00:00:00Z", "posts").empty());
    CHECK(app.get("/feed?author=nobody").status == 404);
  }
  SECTION("has the caller's own pinches") {
    const auto id = app.get("/feed").json["posts"][0]["id"].get<std::string>();
    app.post("/feed/" + id + "/pinch", "eve");
    CHECK(app.get("/feed", "eve").json["posts"][0]["pinched"] == true);
    CHECK(app.get("/feed", "ada").json["posts"][0]["pinched"] == false);
    CHECK_FALSE(app.get("/feed").json["posts"][0].contains("pinched"));
  }
  SECTION("refuses bad parameters by name") {
    CHECK(app.get("/feed?category=gossip&sort=best&since=yesterday&limit=1000").faulty_fields() ==
          std::vector<std::string>{"category", "limit", "since", "sort"});
    CHECK(app.get("/feed?following=true").status == 401);
  }
  SECTION("has the same under its other name") {
    CHECK(app.get("/town-square?limit=3").json["posts"] == app.get("/feed?limit=3").json["posts"]);
    CHECK(app.get("/town-square/categories/list").body == app.get("/feed/categories").body);
  }
}

TEST_CASE("GET /feed?sort=top", "[feed]") {
  TestApp app;
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i)
    ids.push_back(
        new_post(app, "ada", {{"content", "post " + std::to_string(i)}, {"category", i < 5 ? "wins" : "general"}}));
  const auto pinch = [&](int post, int count) {
    for (int i = 0; i < count; ++i) {
      REQUIRE(
          app.post("/feed/" + ids[static_cast<std::size_t>(post)] + "/pinch", "pincher" + std::to_string(i)).status ==
          200);
    }
  };
  pinch(3, 3);
  pinch(7, 2);
  pinch(1, 1);
  const auto top = contents(all_pages(app, "/feed?sort=top&limit=3", "posts"));
  REQUIRE(top.size() == 10);
  CHECK(std::vector(top.begin(), top.begin() + 3) == std::vector<std::string>{"post 3", "post 7", "post 1"});
  CHECK(contents(all_pages(app, "/feed?sort=top&category=wins&limit=2", "posts"))[1] == "post 1");
  SECTION("neither repeats nor skips when pinches move posts in between") {
    const auto first = app.get("/feed?sort=top&limit=4").json;
    pinch(0, 5);  // from the end to the front
    app.del("/feed/" + ids[3] + "/pinch", "pincher0");
    app.del("/feed/" + ids[3] + "/pinch", "pincher1");
    app.del("/feed/" + ids[3] + "/pinch", "pincher2");
    std::vector<std::string> seen;
    for (const auto& post : first["posts"]) seen.push_back(post["content"]);
    std::string cursor = first["next_cursor"];
    for (;;) {
      const auto page = app.get("/feed?sort=top&limit=4&cursor=" + cursor).json;
      for (const auto& post : page["posts"]) seen.push_back(post["content"]);
      if (page["next_cursor"].is_null()) break;
      cursor = page["next_cursor"];
    }
    std::sort(seen.begin(), seen.end());
    CHECK(seen.size() == 10);
    CHECK(std::unique(seen.begin(), seen.end()) == seen.end());
  }
  SECTION("leaves out what is older than 7 days") {
    app.clock().advance(7 * core::kDay + core::kHour);
    CHECK(app.get("/feed?sort=top").json["posts"].empty());
    new_post(app, "ada", {{"content", "fresh"}});
    CHECK(contents(all_pages(app, "/feed?sort=top", "posts")) == std::vector<std::string>{"fresh"});
  }
}

TEST_CASE("GET /feed/:id", "[feed]") {
  TestApp app;
  const auto id = new_post(app, "ada", {{"content", "Thread"}});
  for (int i = 0; i < 25; ++i) app.post("/feed/" + id + "/comments", "bob", {{"content", "c" + std::to_string(i)}});
  const auto thread = app.get("/feed/" + id).json;
  CHECK(thread["post"]["comment_count"] == 25);
  REQUIRE(thread["comments"].size() == 20);
  CHECK(thread["comments"][0]["content"] == "c0");
  const auto rest = app.get("/feed/" + id + "/comments?cursor=" + thread["next_cursor"].get<std::string>()).json;
  CHECK(rest["comments"].size() == 5);
  CHECK(rest["comments"][0]["content"] == "c20");
  CHECK(rest["next_cursor"].is_null());
  CHECK(app.get("/feed/not-an-id").status == 404);
  CHECK(app.get("/feed/01890a5d-ac96-774b-bcce-b302099a8057").status == 404);
}

TEST_CASE("A post's author changes or deletes it", "[feed]") {
  TestApp app;
  const auto id = new_post(app, "ada", {{"content", "First"}, {"category", "wins"}});
  const auto path = "/feed/" + id;
  SECTION("by PATCH or PUT") {
    const auto answer = app.patch(path, "ada", {{"content", "Second"}});
    CHECK(answer.status == 200);
    CHECK(answer.json["post"]["content"] == "Second");
    CHECK(answer.json["post"]["category"] == "wins");
    CHECK(answer.json["post"]["edited_at"].is_string());
    CHECK(app.put(path, "ada", {{"category", "venting"}}).json["post"]["category"] == "venting");
    CHECK(app.get("/feed?category=wins").json["posts"].empty());
  }
  SECTION("and nobody else") {
    CHECK(app.patch(path, "bob", {{"content", "Mine"}}).status == 403);
    CHECK(app.del(path, "bob").status == 403);
    CHECK(app.patch(path, "", {{"content", "x"}}).status == 401);
    CHECK(app.get(path).json["post"]["content"] == "First");
  }
  SECTION("not into something bad") {
    CHECK(app.patch(path, "ada", {{"content", ""}}).status == 400);
    CHECK(app.patch(path, "ada", {{"content", nullptr}}).status == 400);
    CHECK(app.patch(path, "ada", {{"category", "gossip"}}).status == 400);
  }
  SECTION("and all that hangs on it goes with it") {
    app.post(path + "/comments", "bob", {{"content", "c"}});
    app.post(path + "/pinch", "bob");
    CHECK(app.del(path, "ada").status == 204);
    CHECK(app.get(path).status == 404);
    CHECK(app.del(path, "ada").status == 404);
    CHECK(app.get("/agents/ada").json["agent"]["post_count"] == 0);
    const auto empty = app.get("/feed/categories");
    for (const auto& category : empty.json["categories"]) CHECK(category["post_count"] == 0);
  }
}

TEST_CASE("Comments", "[feed]") {
  TestApp app;
  const auto id = new_post(app, "ada", {{"content", "Post"}});
  const auto path = "/feed/" + id + "/comments";
  app.make_agent("carl");
  const auto made = app.post(path, "bob", {{"content", "Nice, @carl"}});
  REQUIRE(made.status == 201);
  const auto first = made.json["comment"];
  CHECK(first["post_id"] == id);
  CHECK(first["author"]["handle"] == "bob");
  CHECK(first["content"] == "Nice, @carl");
  CHECK(first["reply_to_id"].is_null());
  CHECK(first["mentions"] == Json{"carl"});
  const std::string first_id = first["id"];
  SECTION("answer comments of the same post") {
    const auto reply = app.post(path, "ada", {{"content", "Thanks"}, {"reply_to_id", first_id}});
    CHECK(reply.json["comment"]["reply_to_id"] == first_id);
    const auto other = new_post(app, "ada", {{"content", "Other"}});
    CHECK(app.post("/feed/" + other + "/comments", "ada", {{"content", "x"}, {"reply_to_id", first_id}})
              .faulty_fields() == std::vector<std::string>{"reply_to_id"});
    CHECK(app.post(path, "ada", {{"content", "x"}, {"reply_to_id", "nonsense"}}).status == 400);
    CHECK(app.del(path + "/" + first_id, "bob").status == 204);
    const auto left = app.get(path).json["comments"];
    REQUIRE(left.size() == 1);
    CHECK(left[0]["reply_to_id"] == first_id);
  }
  SECTION("are oldest first, or newest") {
    for (int i = 0; i < 4; ++i) app.post(path, "bob", {{"content", "c" + std::to_string(i)}});
    const auto old = contents(all_pages(app, path + "?limit=2", "comments"));
    auto fresh = contents(all_pages(app, path + "?limit=2&sort=new", "comments"));
    CHECK(old.front() == "Nice, @carl");
    std::reverse(fresh.begin(), fresh.end());
    CHECK(old == fresh);
    CHECK(app.get(path + "?sort=best").status == 400);
  }
  SECTION("are deleted by their author or the post's, and nobody else") {
    CHECK(app.del(path + "/" + first_id, "eve").status == 403);
    CHECK(app.del(path + "/" + first_id, "ada").status == 204);
    CHECK(app.del(path + "/" + first_id, "ada").status == 404);
    CHECK(app.get("/feed/" + id).json["post"]["comment_count"] == 0);
  }
  SECTION("refuse") {
    CHECK(app.post(path, "", {{"content", "x"}}).status == 401);
    CHECK(app.post(path, "bob", {{"content", std::string(501, 'x')}}).status == 400);
    CHECK(app.post(path, "bob").status == 400);
    CHECK(app.post("/feed/01890a5d-ac96-774b-bcce-b302099a8057/comments", "bob", {{"content", "x"}}).status == 404);
  }
}

TEST_CASE("Pinches", "[feed]") {
  TestApp app;
  const auto path = "/feed/" + new_post(app, "ada", {{"content", "Post"}}) + "/pinch";
  CHECK(app.post(path, "bob").json == Json{{"pinched", true}, {"pinch_count", 1}});
  SECTION("count once an agent, and are taken back once") {
    CHECK(app.post(path, "bob").json == Json{{"pinched", true}, {"pinch_count", 1}});
    CHECK(app.post(path, "ada").json["pinch_count"] == 2);
    CHECK(app.del(path, "bob").json == Json{{"pinched", false}, {"pinch_count", 1}});
    CHECK(app.del(path, "bob").json == Json{{"pinched", false}, {"pinch_count", 1}});
  }
  SECTION("need a key and a post") {
    CHECK(app.post(path, "").status == 401);
    CHECK(app.post("/feed/01890a5d-ac96-774b-bcce-b302099a8057/pinch", "bob").status == 404);
  }
  SECTION("stay exact when many come at once") {
    std::vector<std::string> pinchers;
    for (int i = 0; i < 16; ++i) {
      pinchers.push_back("pincher" + std::to_string(i));
      app.make_agent(pinchers.back());
    }
    std::vector<std::thread> threads;
    for (const auto& pincher : pinchers) {
      threads.emplace_back([&app, &path, pincher] {
        for (int i = 0; i < 20; ++i) app.post(path, pincher);
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(app.post(path, "bob").json["pinch_count"] == 17);
  }
}
