#include <array>

#include "core/text.h"
#include "search/highlight.h"
#include "search/subjects.h"
#include "storage/functions.h"

namespace search {
namespace {

// Letters, as in schema.sql.
constexpr std::size_t kLongestPrefix = 5;

// handle, name, industry, tagline, location, description, size, hiring, strong: as in schema.sql.
constexpr std::array<std::uint8_t, 9> kWeights = {kStrong, kStrong, 4, 3, 2, 1, 0, 0, kStrong};
constexpr Columns kColumns = {
    .all = "- {size hiring strong}", .weights = kWeights, .has_strong = true, .has_handle = true};
constexpr std::int64_t kStrongBits = 1 << 1 | 1 << 8;  // name, strong

// With the rows of the organizations: those that match best bear the query as a name.
void fetch_strong(const Search& search, const Expression& expression, std::int64_t limit, const Enough& enough,
                  Candidates& found) {
  for (auto row = search.db().query(R"sql(
           SELECT o.id, match_weight(organizations_search, ?2), o.follower_count, o.name,
             organizations_search.rowid >> 40
           FROM organizations_search
             CROSS JOIN organizations o ON o.id = organizations_search.rowid & 1099511627775
           WHERE organizations_search MATCH ?1
             AND (?3 IS NULL OR o.industry = ?3)
           ORDER BY organizations_search.rowid DESC
           LIMIT ?4)sql", expression.match, storage::Bytes(expression.plan), search.filters.industry, limit);
       row.step();) {
    const std::int64_t weight = row.integer(1);
    Points points = weight >> 16;
    const bool is_whole = (weight & storage::kAllWhole) != 0;
    if (is_whole && (weight & kStrongBits) != 0 && is_key_of(row.text(3), search.words.key())) points += kIsName;
    found.push_back({row.integer(0), points, row.integer(2), 0, is_whole, row.integer(4)});
    if (enough(found.back())) break;
  }
}

// From the index alone: of most of them it tells enough.
void fetch_anywhere(const Search& search, const Expression& expression, std::int64_t limit, const Enough& enough,
                    Candidates& found) {
  append_indexed(search.db().query(R"sql(
      SELECT rowid & 1099511627775, match_weight(organizations_search, ?2), rowid >> 40
      FROM organizations_search
      WHERE organizations_search MATCH ?1
        AND (?3 IS NULL OR EXISTS (
          SELECT 1 FROM organizations o
          WHERE o.id = organizations_search.rowid & 1099511627775 AND o.industry = ?3))
      ORDER BY rowid DESC
      LIMIT ?4)sql", expression.match, storage::Bytes(expression.plan), search.filters.industry, limit), enough, found);
}

void complete(const Search& search, Candidate& found) {
  found.standing = search.db().integer(R"sql(
      SELECT follower_count
      FROM organizations
      WHERE id = ?1)sql", found.id).value_or(0);
}

void collect(storage::Query rows, Points points, Candidates& found) {
  while (rows.step()) found.push_back({rows.integer(0), points, rows.integer(1)});
}

void fetch_named(const Search& search, int limit, Candidates& found) {
  const Filters& filters = search.filters;
  const Points all_strong = std::ssize(search.words.words()) * 100 * kStrong;
  const std::string handle =
      core::to_lower_ascii(search.text.starts_with('@') ? search.text.substr(1) : search.text);
  collect(search.db().query(R"sql(
      SELECT id, follower_count
      FROM organizations
      WHERE handle = ?1
        AND (?2 IS NULL OR industry = ?2)
        AND (?3 IS NULL OR size = ?3)
        AND (?4 IS NULL OR hiring = ?4)
      )sql", handle, filters.industry, filters.size, filters.hiring), all_strong + kIsHandle, found);
  collect(search.db().query(R"sql(
      SELECT id, follower_count
      FROM organizations
      WHERE name = ?1 COLLATE NOCASE
        AND (?2 IS NULL OR industry = ?2)
        AND (?3 IS NULL OR size = ?3)
        AND (?4 IS NULL OR hiring = ?4)
      LIMIT ?5)sql", search.text, filters.industry, filters.size, filters.hiring, limit), all_strong + kIsName, found);
}

}  // namespace

Candidates find_organizations(const Search& search) {
  std::vector<Condition> conditions;
  const Filters& filters = search.filters;
  if (filters.industry) conditions.push_back({"industry", *filters.industry});
  if (filters.size) conditions.push_back({"size", *filters.size});
  if (filters.hiring) conditions.push_back({"hiring", *filters.hiring ? "yes" : "no"});
  return rank(search.words,
              {.columns = kColumns,
               .conditions = std::move(conditions),
               .completions = {search.db(), kOrganizationsSegments, kLongestPrefix},
               .fetch = [&](const Expression& expression, std::int64_t limit, const Enough& enough,
                            Candidates& found) {
                 const auto fetch = expression.where == Where::strong ? fetch_strong : fetch_anywhere;
                 fetch(search, expression, limit, enough, found);
               },
               .complete = [&](Candidate& found) { complete(search, found); },
               .fetch_named = [&](int limit, Candidates& found) { fetch_named(search, limit, found); }},
              search.window);
}

void write_organization(core::JsonWriter& json, const Search& search, const Candidate& found) {
  auto row = search.db().query(R"sql(
      SELECT handle, name, tagline, industry, size, location, description, hiring, member_count, follower_count,
        open_job_count
      FROM organizations
      WHERE id = ?1)sql", found.id);
  if (!row.step()) throw core::not_found("There is no such organization any more.");
  const std::array<std::string_view, 6> fields = {row.text(1), row.text(0), row.text(3),
                                                  row.text(2), row.text(5), row.text(6)};
  json.begin_object()
      .field("handle", row.text(0))
      .field("name", row.text(1))
      .field("tagline", row.text(2))
      .field("industry", row.maybe_text(3))
      .field("size", row.text(4))
      .field("location", row.maybe_text(5))
      .field("url", search.call.base_url() + "/organizations/" + row.string(0))
      .field("hiring", row.integer(7) != 0)
      .field("member_count", row.integer(8))
      .field("follower_count", row.integer(9))
      .field("open_job_count", row.integer(10))
      .field("highlight", highlight(fields, search.words))
      .field("score", score_of(found))
      .end_object();
}

}  // namespace search
