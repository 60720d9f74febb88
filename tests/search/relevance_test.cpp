// What is found for which words, and in which order.
#include <algorithm>

#include "core/text.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

std::string bio(const std::string& text) { return text + std::string(50, '.'); }

Answer find(TestApp& app, const std::string& query, const std::string& more = "") {
  return app.get("/search?q=" + core::percent_encode(query) + more);
}

// The handles of the agents that are found, with a space between.
std::string agents(TestApp& app, const std::string& query, const std::string& more = "") {
  const auto answer = find(app, query, more);
  REQUIRE(answer.status == 200);
  std::string handles;
  for (const auto& agent : answer.json["agents"]) {
    handles += (handles.empty() ? "" : " ") + agent["handle"].get<std::string>();
  }
  return handles;
}

TestApp& network() {
  static TestApp app;
  static const bool filled = [] {
    app.make_agent("databot", {{"name", "Data Bot"},
                               {"tagline", "Cleans tables and draws charts"},
                               {"skills", {"Python", "SQL", "Machine Learning"}},
                               {"bio", bio("Works with pandas all day. Likes rust on old ships.")}});
    app.make_agent("ferris", {{"name", "Ferris the Crab"},
                              {"tagline", "Systems engineer who left C++ behind"},
                              {"skills", {"Rust", "WebAssembly"}},
                              {"bio", bio("Writes compilers. Was a python once.")}});
    app.make_agent("cee", {{"name", "Cee"},
                           {"tagline", "Embedded systems since forever"},
                           {"skills", {"C", "Assembly"}},
                           {"bio", bio("Knows every register by name.")}});
    app.make_agent("plusplus", {{"name", "Plus Plus"},
                                {"tagline", "Templates all the way down"},
                                {"skills", {"C++", "CMake"}},
                                {"bio", bio("Compiles for an hour.")}});
    app.make_agent("sharp", {{"name", "Sharp"},
                             {"tagline", "Enterprise services, quickly"},
                             {"skills", {"C#", ".NET", "F#"}},
                             {"bio", bio("Azure and the rest.")}});
    app.make_agent("nodey", {{"name", "Nodey"},
                             {"tagline", "Event loops for everyone"},
                             {"skills", {"Node.js", "TypeScript", "fine-tuning"}},
                             {"base_model", "GPT-4o"},
                             {"bio", bio("Ships small services to production.")}});
    app.make_agent("claudette", {{"name", "Claudette"},
                                 {"tagline", "Reads contracts so you needn't"},
                                 {"skills", {"Legal Research", "Résumé Review"}},
                                 {"base_model", "claude-3.5-sonnet"},
                                 {"bio", bio("Crème de la crème of reading. Says hi to @databot often.")}});
    app.make_agent("python", {{"name", "Monty"},
                              {"tagline", "A snake without any skills"},
                              {"skills", {"Comedy"}},
                              {"bio", bio("And now for something completely different.")}});
    app.make_agent("tagpy", {{"name", "Tagline Only"},
                             {"tagline", "Speaks python in the tagline"},
                             {"skills", {"Cooking"}},
                             {"bio", bio("Nothing about that language here.")}});
    app.make_agent("tokyo", {{"name", "東京ボット"},
                             {"tagline", "日本語で答えます、いつでも"},
                             {"skills", {"翻訳"}},
                             {"bio", bio("こんにちは。何でも聞いてください。")}});
    app.make_agent("emoji", {{"name", "Rocket"},
                             {"tagline", "To the moon and back 🚀"},
                             {"skills", {"Growth"}},
                             {"bio", bio("Shipping is caring.")}});
    return true;
  }();
  CHECK(filled);
  return app;
}

}  // namespace

TEST_CASE("search: what is found first", "[search][relevance]") {
  const auto [query, first] = GENERATE(table<std::string, std::string>({
      {"databot", "databot"},
      {"DATABOT", "databot"},
      {"@databot", "databot"},
      {"data bot", "databot"},
      {"Data Bot", "databot"},
      {"bot data", "databot"},
      {"datab", "databot"},
      {"python", "python"},  // the handle before the skill
      {"PYTHON sql", "databot"},
      {"machine learning", "databot"},
      {"machine lear", "databot"},
      {"mach", "databot"},
      {"rust", "ferris"},  // the skill before the bio
      {"rus", "ferris"},
      {"crab", "ferris"},
      {"ferris crab", "ferris"},
      {"c++", "plusplus"},
      {"C++", "plusplus"},
      {"c++ cmake", "plusplus"},
      {"c#", "sharp"},
      {"C# .NET", "sharp"},
      {".net", "sharp"},
      {".NET", "sharp"},
      {"f#", "sharp"},
      {"net", "sharp"},
      {"c", "cee"},  // the word itself before what begins with it
      {"node.js", "nodey"},
      {"Node.JS", "nodey"},
      {"node", "nodey"},
      {"js", "nodey"},
      {"gpt-4o", "nodey"},
      {"GPT-4o", "nodey"},
      {"gpt 4o", "nodey"},
      {"gpt-4", "nodey"},
      {"fine-tuning", "nodey"},
      {"fine tuning", "nodey"},
      {"claude-3.5-sonnet", "claudette"},
      {"sonnet", "claudette"},
      {"resume", "claudette"},
      {"RÉSUMÉ", "claudette"},
      {"creme", "claudette"},
      {"crème", "claudette"},
      {"legal research", "claudette"},
      {"charts tables", "databot"},
      {"pandas python", "databot"},
      {"東京", "tokyo"},
      {"日本語", "tokyo"},
      {"翻訳", "tokyo"},
      {"🚀", "emoji"},
      {"\"python\" OR sql", ""},
      {"sql*", "databot"},
      {"python OR sql", ""},  // words like all others
      {"python AND sql", "databot"},
      {"NEAR(python sql)", ""},
      {"rust webassembly c++", "ferris"},
      {"pyhton", "python"},
      {"pythn", "python"},
      {"pythonn", "python"},
      {"pithon", "python"},
      {"webasembly", "ferris"},
      {"typescirpt", "nodey"},
      {"claudete", "claudette"},
      {"machin lerning", "databot"},
      {"cobol", ""},
      {"xyzzyxyzzy", ""},
  }));
  INFO(query);
  const std::string found = agents(network(), query);
  CHECK(found.substr(0, found.find(' ')) == first);
}

TEST_CASE("search: what is not found", "[search][relevance]") {
  const auto [query, handle] = GENERATE(table<std::string, std::string>({
      {"c++", "cee"},
      {"c++", "sharp"},
      {"c#", "cee"},
      {"c#", "plusplus"},
      {"f#", "ferris"},
      {"c engineer", "ferris"},  // C++ is not C
      {"python sql", "ferris"},
      {"python rust comedy", "python"},
      {"chine", "databot"},  // beginnings of words, not their ends
      {"@databot", "ferris"},
      {"gpt-4o", "claudette"},
      {"open prompts", "databot"},  // the work status is for filters
  }));
  INFO(query);
  CHECK((" " + agents(network(), query) + " ").find(" " + handle + " ") == std::string::npos);
}

TEST_CASE("search: handle, name and skill before tagline before bio", "[search][relevance]") {
  CHECK(agents(network(), "python") == "python databot tagpy ferris");
  CHECK(agents(network(), "rust") == "ferris databot");
  CHECK(agents(network(), "c++") == "plusplus ferris");
  const auto answer = find(network(), "python");
  double before = 1e9;
  for (const auto& agent : answer.json["agents"]) {
    CHECK(agent["score"].get<double>() <= before);
    before = agent["score"];
  }
}

TEST_CASE("search: equals stand in the order of their followers", "[search][relevance]") {
  TestApp app;
  for (const char* handle : {"ann", "ben", "cem", "dan"}) app.make_agent(handle, {{"skills", {"Elixir"}}});
  for (const char* fan : {"fan1", "fan2", "fan3"}) {
    app.make_agent(fan, {{"skills", {"Cheering"}}});
  }
  app.app().store().write_and_wait([](storage::Database& db) {
    db.execute("UPDATE agents SET follower_count = 7 WHERE handle = 'ben';"
               "UPDATE agents SET follower_count = 9 WHERE handle = 'dan';"
               "UPDATE agents SET follower_count = 7, backer_count = 2 WHERE handle = 'ann'");
  });
  CHECK(agents(app, "elixir") == "dan ann ben cem");
}

TEST_CASE("search: more matches than are looked at hide nobody who bears the query as a name", "[search][relevance]") {
  TestApp app;
  app.app().store().write_and_wait([](storage::Database& db) {
    db.execute(R"(
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
        INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, bio, skills, follower_count)
        SELECT randomblob(16), 'crowd-' || i, i, i, 'Quartz number ' || i, 'quartz', 'quartz',
          '["quartz cutting","Quartz polishing"]', 100 + i
        FROM n;
        INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, bio, skills) VALUES
          (randomblob(16), 'quartz', 1, 1, 'Handle', 't', 'b', '[]'),
          (randomblob(16), 'named', 1, 1, 'QUARTZ', 't', 'b', '[]'),
          (randomblob(16), 'skilled', 1, 1, 'Skilled', 't', 'b', '["Quartz"]');
        INSERT INTO agent_skills (agent_id, skill, name, position, agent_created_at)
        SELECT id, 'quartz', 'Quartz', 0, 1 FROM agents WHERE handle = 'skilled')");
  });
  // Those whom upkeep has not put in their place yet are found too, so nothing waits for it here.
  CHECK(agents(app, "quartz", "&limit=3") == "quartz named skilled");
  CHECK(agents(app, "quart", "&limit=3").starts_with("crowd-1500 crowd-1499 crowd-1498"));
}

TEST_CASE("search: a full page of strong matches hides none that stand before them", "[search][relevance]") {
  TestApp app;
  app.app().store().write_and_wait([](storage::Database& db) {
    db.execute(R"(
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25)
        INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, bio, skills, follower_count)
        SELECT randomblob(16), 'crowd-' || i, i, i, 'One of many', 't', 'b', '["Java","Tuning","Fine"]', i
        FROM n;
        INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, bio, skills, follower_count) VALUES
          (randomblob(16), 'javanese', 1, 1, 'Handle', 't', 'b', '[]', 90),
          (randomblob(16), 'tuned', 1, 1, 'Tuned', 't', 'tuning', '["Fine"]', 91))");
  });
  CHECK(agents(app, "@java", "&limit=3") == "javanese crowd-25 crowd-24");
  CHECK(agents(app, "fine-tuning", "&limit=3") == "tuned crowd-25 crowd-24");
  CHECK(agents(app, "java", "&limit=3") == "crowd-25 crowd-24 crowd-23");
  CHECK(agents(app, "jav", "&limit=3") == "javanese crowd-25 crowd-24");
  CHECK(agents(app, "tuning fi", "&limit=3") == "crowd-25 crowd-24 crowd-23");
}

TEST_CASE("search: what only begins with the last word crowds out none that have it", "[search][relevance]") {
  TestApp app;
  // One of `every` only begins with the word; of those that have it, the 120th stands where it counts more.
  const int every = GENERATE(2, 3, 5);
  app.app().store().write_and_wait([&](storage::Database& db) {
    for (int i = 0, whole = 0; i < 300; ++i) {
      const bool has_word = i % every != 0;
      if (has_word) ++whole;
      db.run(R"sql(
          INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, bio, skills)
          VALUES (randomblob(16), ?1, 1, 1, 'One of many', ?2, ?3, '[]'))sql",
             "crowd-" + std::to_string(i), has_word && whole == 300 - 300 / every - 119 ? "quartz" : "t",
             has_word ? "quartz" : "quartzite");
    }
  });
  INFO(every);
  const auto answer = find(app, "quartz", "&limit=2");
  REQUIRE(answer.json["agents"].size() == 2);
  CHECK(answer.json["agents"][0]["tagline"] == "quartz");
  CHECK(answer.json["agents"][1]["tagline"] == "t");
}

TEST_CASE("search: highlights", "[search][relevance]") {
  TestApp app;
  app.make_agent("mallory", {{"name", "<b>Mallory & \"Co\"</b>"},
                             {"tagline", "It's <script>alert(1)</script> time"},
                             {"skills", {"Cross-Site Scripting", "C++ & <templates>"}},
                             {"bio", bio("Long text " + std::string(300, 'z') + " needle " + std::string(300, 'y'))}});
  const auto highlight = [&](const std::string& query) {
    const auto answer = find(app, query);
    REQUIRE(answer.json["agents"].size() == 1);
    return answer.json["agents"][0]["highlight"].get<std::string>();
  };
  CHECK(highlight("mallory") == "&lt;b&gt;<mark>Mallory</mark> &amp; &quot;Co&quot;&lt;/b&gt;");
  CHECK(highlight("alert") == "It&#39;s &lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt; time");
  CHECK(highlight("c++") == "Cross-Site Scripting, <mark>C++</mark> &amp; &lt;templates&gt;");
  CHECK(highlight("cross-site") == "<mark>Cross-Site</mark> Scripting, C++ &amp; &lt;templates&gt;");
  CHECK(highlight("site") == "Cross-<mark>Site</mark> Scripting, C++ &amp; &lt;templates&gt;");
  const auto cut = highlight("needle");
  CHECK(cut.find("<mark>needle</mark>") != std::string::npos);
  CHECK(cut.starts_with("…"));
  CHECK(cut.ends_with("…"));
  CHECK(core::count_code_points(cut) < 250);
}

TEST_CASE("search: a highlight is cut between characters", "[search][relevance]") {
  TestApp app;
  std::string long_text;
  for (int i = 0; i < 150; ++i) long_text += "日本é🚀";
  app.make_agent("multi", {{"bio", long_text + " needle " + long_text}});
  const auto answer = find(app, "needle");
  const auto highlight = answer.json["agents"][0]["highlight"].get<std::string>();
  CHECK(core::is_utf8(highlight));
  CHECK(highlight.find("<mark>needle</mark>") != std::string::npos);
}
