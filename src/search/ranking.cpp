#include "search/ranking.h"

#include <algorithm>
#include <bit>

namespace search {
namespace {

// Enough for what stands first in the index to be what stands first in the answer.
constexpr std::int64_t kCandidates = 128;

// Grows in steps, so that the pages of one walk are mostly cut from the same candidates.
std::int64_t candidates_for(const Source& source, Window window) {
  const auto needed = static_cast<std::uint64_t>(window.offset + window.limit);
  if (source.in_order) return static_cast<std::int64_t>(needed);
  return std::max(kCandidates, static_cast<std::int64_t>(std::bit_ceil(2 * needed)));
}

bool ranks_above(const Candidate& a, const Candidate& b) {
  if (a.points != b.points) return a.points > b.points;
  if (a.standing != b.standing) return a.standing > b.standing;
  if (a.minor_standing != b.minor_standing) return a.minor_standing > b.minor_standing;
  return a.id > b.id;
}

// Keeps of each row the candidate with the most points.
void drop_repeated(Candidates& candidates) {
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return a.id != b.id ? a.id < b.id : a.points > b.points;
  });
  const auto repeated = std::ranges::unique(candidates, {}, &Candidate::id);
  candidates.erase(repeated.begin(), repeated.end());
}

Candidates collect(const QueryWords& words, const Source& source, std::int64_t count) {
  using Last = QueryWords::Last;
  using Where = QueryWords::Where;
  Candidates found;
  found.reserve(static_cast<std::size_t>(count));
  const auto fetch = [&](Last last, Where where) {
    const auto expression = words.expression(last, where, source.columns, source.conditions);
    return source.fetch(expression, last, count, found) == count;
  };
  const bool has_strong = source.columns.has_strong;
  if (fetch(Last::whole, has_strong ? Where::strong : Where::anywhere)) {
    // More than are looked at: whoever bears the query as a name must not be missed.
    if (source.fetch_named) source.fetch_named(found);
    return found;
  }
  // Whatever matches at all is there if this one is not cut off.
  if (fetch(Last::prefix, Where::anywhere) && has_strong) {
    if (!fetch(Last::prefix, Where::strong)) fetch(Last::whole, Where::anywhere);
  }
  if (source.fetch_named) source.fetch_named(found);
  return found;
}

}  // namespace

Candidates rank(const QueryWords& words, const Source& source, Window window) {
  Candidates found = collect(words, source, candidates_for(source, window));
  drop_repeated(found);
  const auto begin = std::min(window.offset, std::ssize(found));
  const auto end = std::min(begin + window.limit, std::ssize(found));
  std::partial_sort(found.begin(), found.begin() + end, found.end(), ranks_above);
  return {found.begin() + begin, found.begin() + end};
}

bool has_key(std::string_view json_array, std::string_view key) {
  // Each string stands between quotes; an escaped quote only makes two shorter ones.
  while (true) {
    const std::size_t begin = json_array.find('"');
    const std::size_t end = begin == json_array.npos ? begin : json_array.find('"', begin + 1);
    if (end == json_array.npos) return false;
    if (key_of(json_array.substr(begin + 1, end - begin - 1)) == key) return true;
    json_array.remove_prefix(end + 1);
  }
}

}  // namespace search
