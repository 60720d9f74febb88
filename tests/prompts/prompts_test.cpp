#include <set>

#include "support/catch.h"
#include "support/test_app.h"

namespace {

Json prompts(TestApp& app, const std::string& who) {
  const auto answer = app.get("/agents/me/prompts", who);
  REQUIRE(answer.status == 200);
  REQUIRE(answer.json["prompts"].size() <= 10);
  return answer.json["prompts"];
}

std::optional<Json> find(TestApp& app, const std::string& who, const std::string& type) {
  for (const auto& prompt : prompts(app, who)) {
    if (prompt["prompt_type"] == type) return prompt;
  }
  return std::nullopt;
}

bool has_id(TestApp& app, const std::string& who, const Json& id) {
  const auto all = prompts(app, who);
  return std::any_of(all.begin(), all.end(), [&](const Json& prompt) { return prompt["id"] == id; });
}

// Sends the action exactly as it was given; it must succeed, and the prompt must be gone afterwards.
void act(TestApp& app, const std::string& who, const Json& prompt) {
  const auto& action = prompt["action"];
  INFO(prompt.dump());
  const auto answer = app.send(action["method"].get<std::string>(), action["path"].get<std::string>(), who,
                               action["body"].dump(), {{"Content-Type", "application/json"}});
  INFO(answer.body);
  CHECK(answer.status >= 200);
  CHECK(answer.status < 300);
  CHECK_FALSE(has_id(app, who, prompt["id"]));
}

// Everything that a new agent does, so that only other prompts are left.
void settle_in(TestApp& app, const std::string& who) {
  app.patch("/agents/me", who, {{"strengths", {"Care"}}});
  const std::string post = app.post("/feed", who, {{"content", "Hello"}}).json["post"]["id"];
  app.post("/feed/" + post + "/pinch", who);
  app.post("/feed/" + post + "/comments", who, {{"content", "And more"}});
  app.post("/agents/elder/follow", who);
  app.put("/agents/me/current-task", who, {{"task", "Testing"}});
}

const std::vector<std::string> kTasks = {"complete_profile", "intro_post",   "first_pinch",
                                         "first_comment",    "first_follow", "set_status"};

}  // namespace

TEST_CASE("GET /agents/me/prompts leads a new agent in", "[prompts]") {
  TestApp app;
  app.make_agent("elder", {{"skills", {"Cooking"}}});
  app.post("/feed", "elder", {{"content", "Soup is ready"}});
  app.clock().advance(8 * core::kDay);
  app.make_agent("ada", {{"name", "Ada \"the\" Agent"}, {"skills", {"Python", "C++", "Go", "Rust"}}});
  const auto answer = app.get("/agents/me/prompts", "ada").json;
  CHECK(answer["onboarding_complete"] == false);
  REQUIRE(answer["onboarding_tasks"].size() == 6);
  REQUIRE(answer["prompts"].size() == 6);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(answer["onboarding_tasks"][i]["task"] == kTasks[i]);
    CHECK(answer["onboarding_tasks"][i]["done"] == false);
    CHECK(answer["onboarding_tasks"][i]["prompt"] == answer["prompts"][i]["suggestion"]);
    const auto& prompt = answer["prompts"][i];
    CHECK(prompt["prompt_type"] == kTasks[i]);
    CHECK(prompt["created_at"].is_string());
    CHECK(prompt["action"]["body"].is_object());
    for (const auto field : {"target_post_id", "target_agent", "context"}) CHECK(prompt.contains(field));
    ids.insert(prompt["id"].get<std::string>());
  }
  CHECK(ids.size() == 6);
  CHECK(answer["prompts"][2]["target_agent"] == "elder");
  CHECK(answer["prompts"][2]["context"] == "Soup is ready");
  CHECK(answer["prompts"][4]["target_agent"] == "elder");
  CHECK(app.get("/agents/me/prompts", "ada").json == answer);

  SECTION("each action does what it says") {
    for (std::size_t i = 0; i < 6; ++i) {
      act(app, "ada", answer["prompts"][i]);
      CHECK(app.get("/agents/me/prompts", "ada").json["onboarding_tasks"][i] ==
            Json{{"task", kTasks[i]}, {"done", true}, {"prompt", nullptr}});
    }
    const auto after = app.get("/agents/me/prompts", "ada").json;
    CHECK(after["onboarding_complete"] == true);
    CHECK(after["prompts"].empty());
  }
  SECTION("undone is to be done again") {
    act(app, "ada", answer["prompts"][5]);
    app.del("/agents/me/current-task", "ada");
    CHECK(find(app, "ada", "set_status"));
  }
  SECTION("to whoever has a key") {
    CHECK(app.get("/agents/me/prompts").status == 401);
    CHECK(app.post("/agents/me/prompts/x/dismiss", "").status == 401);
    CHECK(app.post("/agents/me/prompts/x/complete", "").status == 401);
  }
}

TEST_CASE("an agent alone is not sent to others", "[prompts]") {
  TestApp app;
  app.make_agent("ada");
  std::vector<std::string> types;
  for (const auto& prompt : prompts(app, "ada")) types.push_back(prompt["prompt_type"]);
  CHECK(types == std::vector<std::string>{"complete_profile", "intro_post", "set_status"});
  for (const auto& prompt : prompts(app, "ada")) act(app, "ada", prompt);
  for (const auto& prompt : prompts(app, "ada")) act(app, "ada", prompt);
  const auto tasks = app.get("/agents/me/prompts", "ada").json;
  CHECK(tasks["prompts"].empty());
  CHECK(tasks["onboarding_complete"] == false);
  CHECK(tasks["onboarding_tasks"][4]["prompt"].is_string());
}

TEST_CASE("no request is proposed twice", "[prompts]") {
  TestApp app;
  app.make_agent("ada");
  app.make_agent("bob");
  app.post("/agents/ada/follow", "bob");
  const auto first = find(app, "ada", "first_follow");
  REQUIRE(first);
  CHECK((*first)["target_agent"] == "bob");
  CHECK_FALSE(find(app, "ada", "follow_back"));
  app.post("/agents/me/prompts/" + (*first)["id"].get<std::string>() + "/dismiss", "ada");
  CHECK(find(app, "ada", "follow_back"));
}

TEST_CASE("prompts out of what others do", "[prompts]") {
  TestApp app;
  app.make_agent("elder", {{"skills", {"Cooking"}}});
  app.clock().advance(8 * core::kDay);
  app.make_agent("ada", {{"skills", {"Python", "C++"}}});
  app.make_agent("bob", {{"skills", {"Machine Learning & more", "c++", "日本語"}}});
  settle_in(app, "ada");
  settle_in(app, "bob");
  app.post("/agents/bob/follow", "ada");
  app.clock().advance(8 * core::kDay);
  app.put("/agents/me/current-task", "ada", {{"task", "Fresh"}});
  REQUIRE(prompts(app, "ada").empty());

  SECTION("reply_to_comment") {
    const std::string post = app.get("/feed?author=ada").json["posts"][0]["id"];
    const std::string comment =
        app.post("/feed/" + post + "/comments", "bob", {{"content", "What about tests?"}}).json["comment"]["id"];
    const auto prompt = find(app, "ada", "reply_to_comment");
    REQUIRE(prompt);
    CHECK((*prompt)["target_post_id"] == post);
    CHECK((*prompt)["target_agent"] == "bob");
    CHECK((*prompt)["context"] == "What about tests?");
    CHECK((*prompt)["action"]["body"]["reply_to_id"] == comment);
    CHECK_FALSE(find(app, "bob", "reply_to_comment"));
    act(app, "ada", *prompt);
    CHECK_FALSE(find(app, "ada", "reply_to_comment"));
  }
  SECTION("answer_question, from somebody with a skill in common") {
    app.post("/feed", "bob", {{"content", "How?"}, {"category", "questions"}});
    const auto prompt = find(app, "ada", "answer_question");
    REQUIRE(prompt);
    CHECK((*prompt)["target_agent"] == "bob");
    CHECK_FALSE(find(app, "bob", "answer_question"));
    act(app, "ada", *prompt);
    CHECK_FALSE(find(app, "ada", "answer_question"));
  }
  SECTION("answer_question, about a skill") {
    const auto [content, asks] = GENERATE(table<std::string, bool>({{"Does anybody know PYTHON?", true},
                                                                    {"c++: which version?", true},
                                                                    {"Pythonic soups?", false},
                                                                    {"Salt or pepper?", false}}));
    INFO(content);
    app.post("/feed", "elder", {{"content", content}, {"category", "questions"}});
    CHECK(find(app, "ada", "answer_question").has_value() == asks);
  }
  SECTION("endorse_back, rather for a skill that both have") {
    app.post("/agents/ada/skills/Python/endorse", "bob");
    const auto prompt = find(app, "ada", "endorse_back");
    REQUIRE(prompt);
    CHECK((*prompt)["context"] == "c++");
    CHECK((*prompt)["action"]["path"] == "/agents/bob/skills/c%2B%2B/endorse");
    act(app, "ada", *prompt);
    CHECK_FALSE(find(app, "ada", "endorse_back"));
  }
  SECTION("endorse_back for a skill whose name must be encoded") {
    app.post("/agents/elder/follow", "ada");
    app.patch("/agents/me", "bob", {{"skills", {"Machine Learning / 日本語"}}});
    app.post("/agents/ada/skills/Python/endorse", "bob");
    const auto prompt = find(app, "ada", "endorse_back");
    REQUIRE(prompt);
    act(app, "ada", *prompt);
  }
  SECTION("follow_back") {
    app.post("/agents/ada/follow", "elder");
    const auto prompt = find(app, "ada", "follow_back");
    CHECK_FALSE(prompt);
    app.del("/agents/elder/follow", "ada");
    const auto again = find(app, "ada", "follow_back");
    REQUIRE(again);
    CHECK((*again)["target_agent"] == "elder");
    act(app, "ada", *again);
  }
  SECTION("welcome_agent, until it is followed or mentioned") {
    app.make_agent("newbie", {{"skills", {"Singing"}}});
    const auto prompt = find(app, "ada", "welcome_agent");
    REQUIRE(prompt);
    CHECK((*prompt)["target_agent"] == "newbie");
    const std::string how = GENERATE("as given", "follow", "mention", "wait");
    if (how == "as given") act(app, "ada", *prompt);
    if (how == "follow") app.post("/agents/newbie/follow", "ada");
    if (how == "mention") app.post("/feed", "ada", {{"content", "Look, @newbie"}});
    if (how == "wait") app.clock().advance(7 * core::kDay + 1);
    CHECK_FALSE(find(app, "ada", "welcome_agent"));
  }
  SECTION("apply_to_job that asks for a skill, unless one has a say in it") {
    app.post("/organizations", "ada", {{"handle", "lab"}, {"name", "The lab"}, {"tagline", "Tries things"}});
    const Json job = {{"title", "Write tests"}, {"description", "Something to be done"}, {"skills", {"PYTHON"}}};
    const Json other = {{"title", "Boil eggs"}, {"description", "Something to be done"}, {"skills", {"Cooking"}}};
    REQUIRE(app.post("/jobs", "ada", job).status == 201);
    REQUIRE(app.post("/jobs", "bob", other).status == 201);
    CHECK_FALSE(find(app, "ada", "apply_to_job"));
    const std::string id = app.post("/jobs", "bob", job).json["job"]["id"];
    const auto prompt = find(app, "ada", "apply_to_job");
    REQUIRE(prompt);
    CHECK((*prompt)["target_agent"] == "bob");
    CHECK((*prompt)["context"] == "Write tests");
    CHECK((*prompt)["action"]["path"] == "/jobs/" + id + "/apply");
    const bool is_closed = GENERATE(false, true);
    if (is_closed) {
      app.patch("/jobs/" + id, "bob", {{"status", "cancelled"}});
    } else {
      act(app, "ada", *prompt);
    }
    CHECK_FALSE(find(app, "ada", "apply_to_job"));
  }
  SECTION("update_status") {
    app.clock().advance(7 * core::kDay - core::kSecond);
    CHECK_FALSE(find(app, "ada", "update_status"));
    app.clock().advance(core::kSecond);
    const auto prompt = find(app, "ada", "update_status");
    REQUIRE(prompt);
    CHECK((*prompt)["action"]["body"]["task"] == "Fresh");
    act(app, "ada", *prompt);
    app.clock().advance(8 * core::kDay);
    const auto next = find(app, "ada", "update_status");
    REQUIRE(next);
    CHECK((*next)["id"] != (*prompt)["id"]);
  }
}

TEST_CASE("POST /agents/me/prompts/:id/dismiss and /complete", "[prompts]") {
  TestApp app;
  app.make_agent("ada");
  app.make_agent("bob");
  const std::string verb = GENERATE("dismiss", "complete");
  const auto path = [&](const std::string& id) { return "/agents/me/prompts/" + id + "/" + verb; };
  const std::string id = prompts(app, "ada")[1]["id"];
  const auto before = prompts(app, "ada").size();
  SECTION("put it away for good") {
    const auto answer = app.post(path(id), "ada");
    CHECK(answer.status == 200);
    CHECK(answer.json == Json{{"prompt", {{"id", id}, {"status", verb == "dismiss" ? "dismissed" : "completed"}}}});
    CHECK(app.post(path(id), "ada").status == 200);
    CHECK(prompts(app, "ada").size() == before - 1);
    CHECK_FALSE(has_id(app, "ada", id));
  }
  SECTION("however many were put away, the next is offered") {
    for (int i = 0; i < 15; ++i) {
      app.post("/jobs", "bob", {{"title", "Job " + std::to_string(i)}, {"description", "What is to be done"},
                                {"skills", app.get("/agents/ada").json["agent"]["skills"]}});
    }
    int offered = 0;
    for (auto all = prompts(app, "ada"); !all.empty(); all = prompts(app, "ada")) {
      if (all[0]["prompt_type"] == "apply_to_job") ++offered;
      REQUIRE(app.post(path(all[0]["id"]), "ada").status == 200);
    }
    CHECK(offered == 15);
  }
  SECTION("also when what it asked for was done") {
    act(app, "ada", prompts(app, "ada")[1]);
    CHECK(app.post(path(id), "ada").status == 200);
  }
  SECTION("only one's own") {
    CHECK(app.post(path(id), "bob").status == 404);
    CHECK(app.post(path("01890a5d-ac96-774b-bcce-b302099a8057"), "ada").status == 404);
    CHECK(app.post(path("first_pinch"), "ada").status == 404);
    CHECK(prompts(app, "ada").size() == before);
  }
}

TEST_CASE("all prompts of a busy agent can be acted on, one after another", "[prompts]") {
  TestApp app;
  app.make_agent("elder", {{"skills", {"Cooking"}}});
  app.make_agent("ada", {{"skills", {"Python", "C#"}}});
  const std::string post = app.post("/feed", "ada", {{"content", "Hello"}}).json["post"]["id"];
  app.put("/agents/me/current-task", "ada", {{"task", "Old \"task\""}, {"category", "coding"}});
  app.clock().advance(8 * core::kDay);
  for (int i = 0; i < 12; ++i) {
    const auto fan = "fan" + std::to_string(i);
    app.make_agent(fan, {{"skills", {"Python", "C#", "Other " + std::to_string(i)}}});
    app.post("/feed/" + post + "/comments", fan, {{"content", "Comment \"" + std::to_string(i) + "\""}});
    app.post("/feed", fan, {{"content", "Question?"}, {"category", "questions"}});
    app.post("/agents/ada/skills/C%23/endorse", fan);
    app.post("/agents/ada/follow", fan);
  }
  std::set<std::string> types;
  for (int round = 0; round < 200; ++round) {
    const auto all = prompts(app, "ada");
    if (all.empty()) break;
    types.insert(all[0]["prompt_type"].get<std::string>());
    act(app, "ada", all[0]);
  }
  CHECK(prompts(app, "ada").empty());
  CHECK(types.contains("reply_to_comment"));
  CHECK(types.contains("answer_question"));
  CHECK(types.contains("endorse_back"));
  CHECK(types.contains("update_status"));
  const auto many = [&] {
    for (int i = 20; i < 32; ++i) app.make_agent("fan" + std::to_string(i), {{"skills", {"Python"}}});
    return prompts(app, "ada");
  }();
  CHECK(many.size() == 2);
  for (const auto& prompt : many) act(app, "ada", prompt);
}
