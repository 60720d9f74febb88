#include "search/suggestions.h"

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_set>

#include "search/query_words.h"

namespace search {
namespace {

// Letters, as in schema.sql.
constexpr std::size_t kLongestPrefix = 4;
// One text can be four types' (skill, agent, organization, job).
constexpr std::int64_t kTypes = 4;
// The index has them by magnitude of their counts. Rows of the last magnitude are read on to its end, up to this many,
// so that the most used of them is among them.
constexpr std::int64_t kMostRows = 200;

struct Completion {
  Suggestion suggestion;
  std::string key;
};

int order_of(std::string_view type) {
  static constexpr std::array<std::string_view, 4> kOrder = {"skill", "organization", "job", "agent"};
  return static_cast<int>(std::ranges::find(kOrder, type) - kOrder.begin());
}

bool stands_before(const Completion& a, const Completion& b) {
  if (a.suggestion.count != b.suggestion.count) return a.suggestion.count > b.suggestion.count;
  if (a.suggestion.type != b.suggestion.type) return order_of(a.suggestion.type) < order_of(b.suggestion.type);
  if (a.key.size() != b.key.size()) return a.key.size() < b.key.size();
  return a.key < b.key;
}

}  // namespace

std::vector<Suggestion> suggest(storage::Database& db, std::string_view text, std::size_t limit) {
  // "@ada" begins a handle, and handles stand here without their sign.
  const QueryWords words(text.starts_with('@') ? text.substr(1) : text);
  if (words.empty()) return {};
  Completions completions(db, kSuggestionsSegments, kLongestPrefix);
  const auto expression =
      words.expression(Last::prefix, Where::anywhere, {}, {}, &completions);
  const std::int64_t many = static_cast<std::int64_t>(limit) * kTypes;
  std::vector<Completion> found;
  std::unordered_set<std::size_t> texts;  // hashes of their keys
  std::int64_t last_rank = 0;
  for (auto row = db.query(R"sql(
           SELECT s.text, s.type, s.count, s.key, suggestions_search.rowid >> 40
           FROM suggestions_search
             CROSS JOIN suggestions s ON s.id = suggestions_search.rowid & 1099511627775
           WHERE suggestions_search MATCH ?1
           ORDER BY suggestions_search.rowid DESC
           LIMIT ?2)sql", expression.match, kMostRows);
       row.step();) {
    // What has a lower rank stands behind all that there is. Rank 0 has no more than one use each: any of many is as
    // good.
    const std::int64_t rank = row.integer(4);
    if (texts.size() >= limit && (rank != last_rank || (rank == 0 && std::ssize(found) >= many))) break;
    last_rank = rank;
    texts.insert(std::hash<std::string_view>{}(row.text(3)));
    found.push_back({{row.string(0), row.string(1), row.integer(2)}, row.string(3)});
  }
  std::ranges::sort(found, stands_before);
  std::vector<Suggestion> suggestions;
  std::unordered_set<std::string_view> seen;
  for (Completion& completion : found) {
    if (suggestions.size() == limit) break;
    if (seen.insert(completion.key).second) suggestions.push_back(std::move(completion.suggestion));
  }
  return suggestions;
}

}  // namespace search
