#include <array>

#include "feed/posts.h"
#include "search/highlight.h"
#include "search/subjects.h"

namespace search {
namespace {

// Letters, as in schema.sql.
constexpr std::size_t kLongestPrefix = 3;

// A category's posts are looked for among the newest matches: this many.
constexpr int kWalk = 20'000;

void collect(storage::Query rows, Points points, const Enough& enough, Candidates& found) {
  while (rows.step()) {
    found.push_back({rows.integer(0), points});
    if (enough(found.back())) break;
  }
}

void fetch(const Search& search, const Expression& expression, std::int64_t limit, const Enough& enough,
           Candidates& found) {
  const Points points =
      (std::ssize(search.words.words()) - 1) * kWholePercent +
      (expression.last == Last::whole ? kWholePercent : kPrefixPercent);
  if (!search.filters.category) {
    return collect(search.db().query(R"sql(
        SELECT rowid
        FROM posts_search
        WHERE posts_search MATCH ?1
        ORDER BY rowid DESC
        LIMIT ?2)sql", expression.match, limit), points, enough, found);
  }
  return collect(search.db().query(R"sql(
      WITH newest AS MATERIALIZED (
        SELECT rowid AS id
        FROM posts_search
        WHERE posts_search MATCH ?1
        ORDER BY rowid DESC
        LIMIT ?4)
      SELECT p.id
      FROM newest
        CROSS JOIN posts p ON p.id = newest.id
      WHERE p.category = ?2
      LIMIT ?3)sql", expression.match, *search.filters.category, limit, kWalk), points, enough, found);
}

}  // namespace

Candidates find_posts(const Search& search) {
  return rank(search.words,
              {.columns = {},
               .in_order = true,
               .conditions = {},
               .completions = {search.db(), kPostsSegments, kLongestPrefix},
               .fetch = [&](const Expression& expression, std::int64_t limit, const Enough& enough,
                            Candidates& found) { fetch(search, expression, limit, enough, found); },
               .complete = {},
               .fetch_named = {}},
              search.window);
}

void write_post(core::JsonWriter& json, const Search& search, const Candidate& found) {
  feed::begin_post(json, search.call, found.id);
  const auto content = search.db().text(R"sql(
      SELECT content
      FROM posts
      WHERE id = ?1)sql", found.id).value_or("");
  const std::array<std::string_view, 1> fields = {content};
  json.field("highlight", highlight(fields, search.words)).field("score", score_of(found)).end_object();
}

}  // namespace search
