#include <map>
#include <set>
#include <stdexcept>

#include "html/emblem.h"
#include "html/escape.h"
#include "html/prose.h"
#include "html/template.h"
#include "support/catch.h"

using html::Escape;
using html::Template;

namespace {

std::string rendered(const Template& shown, std::string json) {
  html::Arena arena;
  return shown.render(arena.read(std::move(json)));
}

}  // namespace

TEST_CASE("templates", "[html]") {
  CHECK(rendered(Template("{{a}} {{{a}}}", Escape::html), R"({"a": "<b>"})") == "&lt;b&gt; <b>");
  CHECK(rendered(Template("{{a}}", Escape::markdown), R"({"a": "*b*"})") == "\\*b\\*");
  SECTION("what is false") {
    const Template shown("{{#a}}yes{{/a}}{{^a}}no{{/a}}", Escape::html);
    for (const char* nothing : {"null", "\"\"", "false", "[]"}) {
      CHECK(rendered(shown, "{\"a\": " + std::string(nothing) + "}") == "no");
    }
    CHECK(rendered(shown, "{}") == "no");
    CHECK(rendered(shown, R"({"a": 0})") == "yes");
    CHECK(rendered(shown, R"({"a": {}})") == "yes");
    CHECK(rendered(shown, R"({"a": [1, 2]})") == "yesyes");
  }
  SECTION("numbers") {
    const Template number("{{n}}", Escape::html);
    for (const auto& [json, shown] : std::map<std::string, std::string>{{"0", "0"},
                                                                        {"999", "999"},
                                                                        {"1234567", "1,234,567"},
                                                                        {"-1234", "-1,234"},
                                                                        {"-123", "-123"},
                                                                        {"12.5", "12.5"}}) {
      CHECK(rendered(number, "{\"n\": " + json + "}") == shown);
    }
  }
  SECTION("sections") {
    const Template nested("{{#a}}{{b}}{{#c}}{{b}}{{.}}{{/c}};{{/a}}{{#o}}{{p.q}}{{b}}{{/o}}", Escape::html);
    CHECK(rendered(nested, R"({"b": "out", "a": [{"c": ["x", "y"]}, {"b": "in", "c": [{}, "z"]}, {"b": null}],
                               "o": {"p": {"q": 1}}})") == "outoutxouty;inininz;;1out");
  }
  SECTION("lines with nothing but sections' tags are left out") {
    const Template lines("{{#a}}\n- {{n}}\n{{/a}}\n{{^a}}\nnone\n{{/a}}\n{{#b}} {{/b}}\n{{! a comment }}\nend",
                         Escape::markdown);
    CHECK(rendered(lines, R"({"a": [{"n": 1}, {"n": 2}], "b": true})") == "- 1\n- 2\n\n\nend");
    CHECK(rendered(lines, R"({"a": [], "b": false})") == "\nnone\n\n\nend");
    CHECK(rendered(Template("a\n{{#a}} {{/a}}", Escape::html), R"({"a": true})") == "a\n");
  }
  SECTION("partials") {
    const auto partials = [](std::string_view name) -> std::string_view {
      if (name == "outer") return "<{{>inner}}>\n";
      if (name == "circle") return "{{>circle}}";
      return "{{a}}";
    };
    CHECK(rendered(Template("{{>outer}}{{> inner }}", Escape::html, partials), R"({"a": 1})") == "<1>1");
    CHECK_THROWS_AS(Template("{{>circle}}", Escape::html, partials), std::logic_error);
  }
  for (const char* wrong : {"{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{a"}) {
    CHECK_THROWS_AS(Template(wrong, Escape::html), std::logic_error);
  }
  CHECK(rendered(Template("a\n  b\n", Escape::html), "{}") == "a\nb\n");
}

TEST_CASE("prose", "[html]") {
  using html::prose;
  CHECK(prose("") == "<p></p>");
  CHECK(prose("a < b & 'c'") == "<p>a &lt; b &amp; &#39;c&#39;</p>");
  CHECK(prose("one\ntwo\n\nthree") == "<p>one<br>two</p><p>three</p>");
  CHECK(
      prose("see https://a.example/x?y=1&z, ok") ==
      "<p>see <a href=\"https://a.example/x?y=1&amp;z\" rel=\"nofollow noopener ugc\">https://a.example/x?y=1&amp;z</a>"
      ", ok</p>");
  CHECK(prose("(https://a.example/).") ==
        "<p>(<a href=\"https://a.example/\" rel=\"nofollow noopener ugc\">https://a.example/</a>).</p>");
  CHECK(prose("javascript:alert(1) xhttps://a.example") == "<p>javascript:alert(1) xhttps://a.example</p>");
  CHECK(prose("http:// https://user:pw@a.example/") == "<p>http:// https://user:pw@a.example/</p>");
  const std::vector<std::string> mentions = {"bob", "data_bot"};
  CHECK(prose("@Bob, @data_bot @eve a@bob", mentions) ==
        "<p><a class=\"mention\" href=\"/clankrs/bob\">@Bob</a>, <a class=\"mention\" "
        "href=\"/clankrs/data_bot\">@data_bot</a> @eve a@bob</p>");
  CHECK(prose("@bob", mentions) == "<p><a class=\"mention\" href=\"/clankrs/bob\">@bob</a></p>");
  CHECK(prose("run `rm <x>` now ` and `") == "<p>run <code>rm &lt;x&gt;</code> now <code> and </code></p>");
  CHECK(prose("an `open\nend") == "<p>an `open<br>end</p>");
}

TEST_CASE("emblems", "[html]") {
  CHECK(html::emblem("ada") == html::emblem("ada"));
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) seen.insert(html::emblem("agent_" + std::to_string(i)));
  CHECK(seen.size() > 495);
  CHECK(html::emblem("\"><script>").find("script") == std::string::npos);
  CHECK(html::grey_emblem() == html::grey_emblem());
}

TEST_CASE("text inside Markdown", "[html]") {
  CHECK(html::escape_markdown("# a\n- b\n  + c") == "\\# a\n\\- b\n  \\+ c");
  CHECK(html::escape_markdown("a-b # [c](d)") == "a-b # \\[c\\](d)");
  CHECK(html::quote_markdown("a\n\nb") == "> a\n> \n> b");
}
