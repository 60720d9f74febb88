#include "search/ranking.h"

#include <algorithm>
#include <bit>

#include "core/words.h"

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
  const auto same = [](const Candidate& a, const Candidate& b) { return a.id == b.id; };
  candidates.erase(std::unique(candidates.begin(), candidates.end(), same), candidates.end());
}

class Collection {
 public:
  Collection(const QueryWords& words, Source& source, Window window)
      : words_(words),
        source_(source),
        needed_(window.offset + window.limit),
        count_(candidates_for(source, window)),
        has_parts_(std::ranges::any_of(words.words(), [](const QueryWord& word) { return !word.parts.empty(); })) {
    found_.reserve(static_cast<std::size_t>(count_));
  }

  Candidates collect() && {
    gather();
    drop_repeated(found_);
    return std::move(found_);
  }

 private:
  using Last = QueryWords::Last;
  using Where = QueryWords::Where;

  void gather() {
    const bool has_strong = source_.columns.has_strong;
    const bool cut_off = fetch(Last::whole, has_strong ? Where::strong : Where::anywhere);
    // More than are looked at: whoever bears the query as a name must not be missed.
    if (source_.fetch_named) source_.fetch_named(found_);
    if (cut_off) return;
    if (has_strong) {
      // The beginning of a handle counts as the whole.
      const bool ends_with_handle = source_.columns.has_handle && words_.last().term.front() == '@';
      if (!ends_with_handle && is_settled(kPartsPercent * kStrong)) return;
      fetch(Last::prefix, Where::strong);
      if (is_settled(has_parts_ ? kPartsPercent * kStrong : kWholePercent * weak_weight())) return;
    }
    // Whatever matches at all is there if this one is not cut off. If it is, what only begins with the last word must
    // not crowd out what has it.
    if (fetch(Last::prefix, Where::anywhere) && has_strong && whole_ < count_) fetch(Last::whole, Where::anywhere);
  }

  // True if there may be more of them.
  bool fetch(Last last, Where where) {
    const auto expression =
        words_.expression(last, where, source_.columns, source_.conditions, &source_.completions);
    if (expression.match == fetched_) return false;  // nothing begins with the last word but itself
    fetched_ = expression.match;
    std::int64_t count = 0;
    bool cut_off = false;
    whole_ = 0;
    // Where most rows have all words as a whole, reading on until there are as many of those costs less than to ask for
    // them alone.
    const bool reads_on = last == Last::prefix && where == Where::anywhere && source_.columns.has_strong;
    source_.fetch(expression, last, reads_on ? 2 * count_ : count_, [&](const Candidate& row) {
      ++count;
      if (row.is_whole) ++whole_;
      cut_off = count >= count_ && (!reads_on || whole_ >= count_ || 4 * whole_ < 3 * count);
      return cut_off;
    }, found_);
    return cut_off;
  }

  // Whether none that is not found yet can stand in the window, if in each of those one word or more has no more than
  // `least` points.
  bool is_settled(Points least) {
    const Points others = (std::ssize(words_.words()) - 1) * kWholePercent * kStrong + least;
    if (std::ssize(found_) < needed_) return false;
    drop_repeated(found_);
    return std::ranges::count_if(found_, [&](const Candidate& one) { return one.points > others; }) >= needed_;
  }

  // Of the columns that are not strong, the most.
  [[nodiscard]] Points weak_weight() const {
    Points most = 0;
    for (const std::uint8_t weight : source_.columns.weights) {
      if (weight < kStrong) most = std::max<Points>(most, weight);
    }
    return most;
  }

  const QueryWords& words_;
  Source& source_;
  const std::int64_t needed_;
  const std::int64_t count_;
  const bool has_parts_;
  std::string fetched_;     // the last expression
  std::int64_t whole_ = 0;  // of the rows that it found
  Candidates found_;
};

}  // namespace

Candidates rank(const QueryWords& words, Source source, Window window) {
  Candidates found = Collection(words, source, window).collect();
  const auto begin = std::min(window.offset, std::ssize(found));
  const auto end = std::min(begin + window.limit, std::ssize(found));
  std::partial_sort(found.begin(), found.begin() + end, found.end(), ranks_above);
  return {found.begin() + begin, found.begin() + end};
}

bool is_key_of(std::string_view text, std::string_view key) {
  // A letter that begins a text begins its key.
  const char begins = text.empty() ? '\0' : static_cast<char>(text.front() | 0x20);
  if (begins >= 'a' && begins <= 'z' && !key.starts_with(begins)) return false;
  bool first = true;
  for (core::WordReader reader(text); reader.next(); first = false) {
    if (reader.is_part()) continue;
    if (!first && !key.starts_with(' ')) return false;
    if (!first) key.remove_prefix(1);
    if (!key.starts_with(reader.term())) return false;
    key.remove_prefix(reader.term().size());
  }
  return key.empty();
}

bool has_key(std::string_view json_array, std::string_view key) {
  // Each string stands between quotes; an escaped quote only makes two shorter ones.
  while (true) {
    const std::size_t begin = json_array.find('"');
    const std::size_t end = begin == json_array.npos ? begin : json_array.find('"', begin + 1);
    if (end == json_array.npos) return false;
    if (is_key_of(json_array.substr(begin + 1, end - begin - 1), key)) return true;
    json_array.remove_prefix(end + 1);
  }
}

}  // namespace search
