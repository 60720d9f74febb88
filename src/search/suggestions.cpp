#include "search/suggestions.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string>

#include "search/query_words.h"

namespace search {
namespace {

// Letters, as in schema.sql.
constexpr std::size_t kLongestPrefix = 4;
// The index has them by magnitude of their counts. Rows of the last magnitude are read on to its end, up to this many,
// so that the most used of them is among them.
constexpr std::int64_t kMostRows = 200;

// One text can be of each of these types.
constexpr std::array<std::string_view, 4> kOrder = {"skill", "organization", "job", "agent"};

// One row. Its strings stand in Found::letters.
struct Completion {
  std::int64_t count;
  std::size_t type;  // its place in kOrder
  std::size_t text;  // where it begins...
  std::size_t text_size;
  std::size_t key_size;  // ...with the key right after it
};

// The rows that were read, best first once they are sorted.
class Found {
 public:
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  void add(const storage::Query& row) {
    const std::string_view text = row.text(0);
    const std::string_view key = row.text(3);
    const auto type = static_cast<std::size_t>(std::ranges::find(kOrder, row.text(1)) - kOrder.begin());
    rows_.push_back({row.integer(2), type, letters_.size(), text.size(), key.size()});
    letters_ += text;
    letters_ += key;
  }

  [[nodiscard]] std::string_view key_of(const Completion& row) const {
    return std::string_view(letters_).substr(row.text + row.text_size, row.key_size);
  }

  // The best of each key, best first.
  std::vector<Suggestion> best(std::size_t limit) {
    std::ranges::sort(rows_, [this](const Completion& a, const Completion& b) { return stands_before(a, b); });
    std::vector<Suggestion> suggestions;
    std::vector<std::string_view> keys;
    for (const Completion& row : rows_) {
      if (suggestions.size() == limit) break;
      const std::string_view key = key_of(row);
      if (std::ranges::find(keys, key) != keys.end()) continue;
      keys.push_back(key);
      suggestions.push_back({letters_.substr(row.text, row.text_size), kOrder[row.type], row.count});
    }
    return suggestions;
  }

 private:
  [[nodiscard]] bool stands_before(const Completion& a, const Completion& b) const {
    if (a.count != b.count) return a.count > b.count;
    if (a.type != b.type) return a.type < b.type;
    if (a.key_size != b.key_size) return a.key_size < b.key_size;
    return key_of(a) < key_of(b);
  }

  std::vector<Completion> rows_;
  std::string letters_;
};

}  // namespace

std::vector<Suggestion> suggest(storage::Database& db, std::string_view text, std::size_t limit) {
  // "@ada" begins a handle, and handles stand here without their sign.
  const QueryWords words(text.starts_with('@') ? text.substr(1) : text);
  if (words.empty()) return {};
  Completions completions(db, kSuggestionsSegments, kLongestPrefix);
  const auto expression = words.expression(Last::prefix, Where::anywhere, {}, {}, &completions);
  const std::size_t many = limit * kOrder.size();
  Found found;
  std::vector<std::size_t> texts;  // hashes of the first keys
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
    const bool enough = texts.size() >= limit;
    if (enough && (rank != last_rank || (rank == 0 && found.size() >= many))) break;
    last_rank = rank;
    if (!enough) {
      const std::size_t text_hash = std::hash<std::string_view>{}(row.text(3));
      if (std::ranges::find(texts, text_hash) == texts.end()) texts.push_back(text_hash);
    }
    found.add(row);
  }
  return found.best(limit);
}

}  // namespace search
