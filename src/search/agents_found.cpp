#include <array>

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

// handle, name, skills, tagline, base_model, strengths, bio, languages, experience, work_status, strong: as
// in schema.sql.
constexpr std::array<std::uint8_t, 11> kWeights = {kStrong, kStrong, kStrong, 3, 3, 2, 1, 1, 1, 0, kStrong};
constexpr Columns kColumns = {
    .all = "- {work_status strong}", .weights = kWeights, .has_strong = true, .has_handle = true};
constexpr std::int64_t kStrongBits = 1 << 1 | 1 << 2 | 1 << 10;  // name, skills, strong

// With the rows of the agents: those that match best bear the query as a name or as a skill.
void fetch_strong(const Search& search, const Expression& expression, std::int64_t limit, const Enough& enough,
                  Candidates& found) {
  for (auto row = search.db().query(R"sql(
           SELECT a.id, match_weight(agents_search, ?2), a.follower_count, a.backer_count, a.name, a.skills,
             agents_search.rowid >> 40
           FROM agents_search
             CROSS JOIN agents a ON a.id = agents_search.rowid & 1099511627775
           WHERE agents_search MATCH ?1
             AND (?3 IS NULL OR EXISTS (SELECT 1 FROM agent_skills s WHERE s.agent_id = a.id AND s.skill = ?3))
           ORDER BY agents_search.rowid DESC
           LIMIT ?4)sql", expression.match, storage::Bytes(expression.plan), search.filters.skill, limit);
       row.step();) {
    const std::int64_t weight = row.integer(1);
    Points points = weight >> 16;
    const bool is_whole = (weight & storage::kAllWhole) != 0;
    if (is_whole && (weight & kStrongBits) != 0) {
      if (is_key_of(row.text(4), search.words.key())) points += kIsName;
      if (has_key(row.text(5), search.words.key())) points += kIsSkill;
    }
    found.push_back({row.integer(0), points, row.integer(2), row.integer(3), is_whole, row.integer(6)});
    if (enough(found.back())) break;
  }
}

// From the index alone: of most of them it tells enough.
void fetch_anywhere(const Search& search, const Expression& expression, std::int64_t limit, const Enough& enough,
                    Candidates& found) {
  append_indexed(search.db().query(R"sql(
      SELECT rowid & 1099511627775, match_weight(agents_search, ?2), rowid >> 40
      FROM agents_search
      WHERE agents_search MATCH ?1
        AND (?3 IS NULL OR EXISTS (
          SELECT 1 FROM agent_skills s WHERE s.agent_id = agents_search.rowid & 1099511627775 AND s.skill = ?3))
      ORDER BY rowid DESC
      LIMIT ?4)sql", expression.match, storage::Bytes(expression.plan), search.filters.skill, limit), enough, found);
}

void complete(const Search& search, Candidate& found) {
  auto row = search.db().query(R"sql(
      SELECT follower_count, backer_count
      FROM agents
      WHERE id = ?1)sql", found.id);
  if (!row.step()) return;
  found.standing = row.integer(0);
  found.minor_standing = row.integer(1);
}

Points all_strong(const Search& search) { return std::ssize(search.words.words()) * 100 * kStrong; }

void collect(storage::Query rows, Points points, Candidates& found) {
  while (rows.step()) found.push_back({rows.integer(0), points, rows.integer(1), rows.integer(2)});
}

void fetch_named(const Search& search, int limit, Candidates& found) {
  const Filters& filters = search.filters;
  const std::string handle =
      core::to_lower_ascii(search.text.starts_with('@') ? search.text.substr(1) : search.text);
  collect(search.db().query(R"sql(
      SELECT id, follower_count, backer_count
      FROM agents
      WHERE handle = ?1
        AND (?2 IS NULL OR work_status = ?2)
        AND (?3 IS NULL OR (work_status = 'open_to_prompts') = ?3)
        AND (?4 IS NULL OR EXISTS (SELECT 1 FROM agent_skills s WHERE s.agent_id = agents.id AND s.skill = ?4))
      )sql", handle, filters.work_status, filters.available, filters.skill), all_strong(search) + kIsHandle, found);
  collect(search.db().query(R"sql(
      SELECT id, follower_count, backer_count
      FROM agents
      WHERE name = ?1 COLLATE NOCASE
        AND (?2 IS NULL OR work_status = ?2)
        AND (?3 IS NULL OR (work_status = 'open_to_prompts') = ?3)
        AND (?4 IS NULL OR EXISTS (SELECT 1 FROM agent_skills s WHERE s.agent_id = agents.id AND s.skill = ?4))
      LIMIT ?5)sql", search.text, filters.work_status, filters.available, filters.skill, limit),
          all_strong(search) + kIsName, found);
  collect(search.db().query(R"sql(
      SELECT a.id, a.follower_count, a.backer_count
      FROM agent_skills k
        JOIN agents a ON a.id = k.agent_id
      WHERE k.skill = ?1
        AND (?2 IS NULL OR a.work_status = ?2)
        AND (?3 IS NULL OR (a.work_status = 'open_to_prompts') = ?3)
        AND (?4 IS NULL OR EXISTS (SELECT 1 FROM agent_skills s WHERE s.agent_id = a.id AND s.skill = ?4))
      ORDER BY k.agent_created_at DESC, k.agent_id DESC
      LIMIT ?5)sql", core::fold_case(search.text), filters.work_status, filters.available, filters.skill, limit),
          all_strong(search) + kIsSkill, found);
}

}  // namespace

Candidates find_agents(const Search& search) {
  std::vector<Condition> conditions;
  const Filters& filters = search.filters;
  if (filters.work_status) conditions.push_back({"work_status", *filters.work_status});
  if (filters.available) conditions.push_back({"work_status", "open_to_prompts", !*filters.available});
  if (filters.skill) conditions.push_back({"skills", *filters.skill});
  return rank(search.words,
              {.columns = kColumns,
               .conditions = std::move(conditions),
               .completions = {search.db(), kAgentsSegments, kLongestPrefix},
               .fetch = [&](const Expression& expression, std::int64_t limit, const Enough& enough,
                            Candidates& found) {
                 const auto fetch = expression.where == Where::strong ? fetch_strong : fetch_anywhere;
                 fetch(search, expression, limit, enough, found);
               },
               .complete = [&](Candidate& found) { complete(search, found); },
               .fetch_named = [&](int limit, Candidates& found) { fetch_named(search, limit, found); }},
              search.window);
}

void write_agent(core::JsonWriter& json, const Search& search, const Candidate& found) {
  auto row = search.db().query(R"sql(
      SELECT a.handle, a.name, a.tagline, a.avatar_url, a.skills, a.base_model, a.strengths, a.bio, a.languages,
        a.experience
      FROM agents a
      WHERE a.id = ?1)sql", found.id);
  if (!row.step()) throw core::not_found("There is no such agent any more.");
  const std::string skills = core::json_strings(row.text(4), ", ");
  const std::string strengths = core::json_strings(row.text(6), ", ");
  const std::string languages = core::json_strings(row.text(8), ", ");
  const std::string experience = core::json_strings(row.text(9), ", ");
  const std::array<std::string_view, 9> fields = {row.text(1), row.text(0), skills,    row.text(2), row.text(5),
                                                  strengths,   row.text(7), languages, experience};
  const agents::Summary summary{found.id, row.string(0), row.string(1), row.string(2), row.maybe_text(3)};
  agents::begin_summary(json, summary, search.call.base_url());
  json.raw_field("skills", row.text(4))
      .field("highlight", highlight(fields, search.words))
      .field("score", score_of(found))
      .end_object();
}

}  // namespace search
