#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

#include "agents/agents.h"
#include "core/json_strings.h"
#include "core/text.h"
#include "search/highlight.h"
#include "search/subjects.h"
#include "storage/functions.h"

namespace search {
namespace {

// Letters, as in schema.sql.
constexpr std::size_t kLongestPrefix = 5;

// title, skills, location, duration, description, job_type, status, strong: as in schema.sql.
constexpr std::array<std::uint8_t, 8> kWeights = {kStrong, kStrong, 2, 1, 1, 2, 0, kStrong};
constexpr Columns kColumns = {.all = "- {status strong}", .weights = kWeights, .has_strong = true};
constexpr std::int64_t kStrongBits = 1 << 0 | 1 << 1 | 1 << 7;  // title, skills, strong

// Open jobs have the greater rowids. Of each part the newest stand first.
struct Part {
  bool is_open;
  std::int64_t first;
  std::int64_t last;
};
constexpr std::int64_t kFirstOpen = std::int64_t{1} << 61;
constexpr Part kOpen = {true, kFirstOpen, std::numeric_limits<std::int64_t>::max()};
constexpr Part kOthers = {false, 0, kFirstOpen - 1};

// With the rows of the jobs: those that match best bear the query as a title or as a skill.
void fetch_strong(const Search& search, const Part& part, const Expression& expression, std::int64_t limit,
                  const Enough& enough, Candidates& found) {
  for (auto row = search.db().query(R"sql(
           SELECT j.id, match_weight(jobs_search, ?2), j.created_at, j.title, j.skills, jobs_search.rowid >> 27
           FROM jobs_search
             CROSS JOIN jobs j ON j.id = jobs_search.rowid & 134217727
           WHERE jobs_search MATCH ?1
             AND jobs_search.rowid BETWEEN ?3 AND ?6
             AND (?4 IS NULL OR EXISTS (SELECT 1 FROM job_skills s WHERE s.job_id = j.id AND s.skill = ?4))
           ORDER BY jobs_search.rowid DESC
           LIMIT ?5)sql", expression.match, storage::Bytes(expression.plan), part.first, search.filters.skill,
                                    limit, part.last);
       row.step();) {
    const std::int64_t weight = row.integer(1);
    Points points = weight >> 16;
    const bool is_whole = (weight & storage::kAllWhole) != 0;
    if (is_whole && (weight & kStrongBits) != 0) {
      if (is_key_of(row.text(3), search.words.key())) points += kIsName;
      if (has_key(row.text(4), search.words.key())) points += kIsSkill;
    }
    found.push_back({row.integer(0), points, row.integer(2), 0, is_whole, row.integer(5)});
    if (enough(found.back())) break;
  }
}

// From the index alone: of most of them it tells enough.
void fetch_anywhere(const Search& search, const Part& part, const Expression& expression, std::int64_t limit,
                    const Enough& enough, Candidates& found) {
  append_indexed(search.db().query(R"sql(
      SELECT rowid & 134217727, match_weight(jobs_search, ?2), rowid >> 27
      FROM jobs_search
      WHERE jobs_search MATCH ?1
        AND rowid BETWEEN ?3 AND ?6
        AND (?4 IS NULL OR EXISTS (
          SELECT 1 FROM job_skills s WHERE s.job_id = jobs_search.rowid & 134217727 AND s.skill = ?4))
      ORDER BY rowid DESC
      LIMIT ?5)sql", expression.match, storage::Bytes(expression.plan), part.first, search.filters.skill, limit,
                                    part.last), enough, found);
}

void complete(const Search& search, Candidate& found) {
  found.standing = search.db().integer(R"sql(
      SELECT created_at
      FROM jobs
      WHERE id = ?1)sql", found.id).value_or(0);
}

// Those that ask for the query as a skill.
void fetch_named(const Search& search, const Part& part, int limit, Candidates& found) {
  const Filters& filters = search.filters;
  const Points points = std::ssize(search.words.words()) * 100 * kStrong + kIsSkill;
  for (auto row = search.db().query(R"sql(
           SELECT j.id, j.created_at
           FROM job_skills k
             JOIN jobs j ON j.id = k.job_id
           WHERE k.skill = ?1
             AND (j.status = 'open') = ?6
             AND (?2 IS NULL OR j.status = ?2)
             AND (?3 IS NULL OR j.job_type = ?3)
             AND (?4 IS NULL OR EXISTS (SELECT 1 FROM job_skills s WHERE s.job_id = j.id AND s.skill = ?4))
           ORDER BY k.job_created_at DESC, k.job_id DESC
           LIMIT ?5)sql", core::fold_case(search.text), filters.status, filters.job_type, filters.skill, limit,
                                    part.is_open);
       row.step();) {
    found.push_back({row.integer(0), points, row.integer(1)});
  }
}

Candidates find_part(const Search& search, const Part& part, Window window) {
  std::vector<Condition> conditions;
  const Filters& filters = search.filters;
  if (filters.status && *filters.status != "open") conditions.push_back({"status", *filters.status});
  if (filters.job_type) conditions.push_back({"job_type", *filters.job_type});
  if (filters.skill) conditions.push_back({"skills", *filters.skill});
  return rank(search.words,
              {.columns = kColumns,
               .conditions = std::move(conditions),
               .completions = {search.db(), kJobsSegments, kLongestPrefix},
               .fetch = [&](const Expression& expression, std::int64_t limit, const Enough& enough,
                            Candidates& found) {
                 const auto fetch = expression.where == Where::strong ? fetch_strong : fetch_anywhere;
                 fetch(search, part, expression, limit, enough, found);
               },
               .complete = [&](Candidate& found) { complete(search, found); },
               .fetch_named = [&](int limit, Candidates& found) { fetch_named(search, part, limit, found); }},
              window);
}

}  // namespace

Candidates find_jobs(const Search& search) {
  if (search.filters.status) return find_part(search, search.filters.status == "open" ? kOpen : kOthers, search.window);
  const Window beginning{.offset = 0, .limit = search.window.end()};
  Candidates all = find_part(search, kOpen, beginning);
  std::ranges::copy(find_part(search, kOthers, beginning), std::back_inserter(all));
  return window_of(std::move(all), search.window);
}

void write_job(core::JsonWriter& json, const Search& search, const Candidate& found) {
  auto row = search.db().query(R"sql(
      SELECT j.uuid, j.title, j.job_type, j.status, j.skills, j.budget_min, j.budget_max, j.budget_type, j.duration,
        j.location, j.application_count, j.created_at, j.poster_id, j.description, o.handle, o.name
      FROM jobs j
        LEFT JOIN organizations o ON o.id = j.organization_id
      WHERE j.id = ?1)sql", found.id);
  if (!row.step()) throw core::not_found("There is no such job any more.");
  const std::string skills = core::json_strings(row.text(4), ", ");
  const std::array<std::string_view, 6> fields = {row.text(1), skills,      row.text(9),
                                                  row.text(2), row.text(8), row.text(13)};
  const auto base_url = search.call.base_url();
  json.begin_object()
      .field("id", row.uuid(0))
      .field("title", row.text(1))
      .field("job_type", row.text(2))
      .field("status", row.text(3))
      .raw_field("skills", row.text(4))
      .field("budget_min", row.maybe_real(5))
      .field("budget_max", row.maybe_real(6))
      .field("budget_type", row.maybe_text(7))
      .field("duration", row.maybe_text(8))
      .field("location", row.maybe_text(9))
      .field("application_count", row.integer(10))
      .time_field("created_at", row.integer(11))
      .field("url", base_url + "/jobs/" + row.uuid(0).text())
      .key("organization");
  if (row.is_null(14)) {
    json.null();
  } else {
    json.begin_object()
        .field("handle", row.text(14))
        .field("name", row.text(15))
        .field("url", base_url + "/organizations/" + row.string(14))
        .end_object();
  }
  json.key("poster");
  agents::write_summary(json, search.db(), row.integer(12), base_url);
  json.field("highlight", highlight(fields, search.words)).field("score", score_of(found)).end_object();
}

}  // namespace search
