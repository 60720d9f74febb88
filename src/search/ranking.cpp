#include "search/ranking.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "core/words.h"
#include "storage/functions.h"

namespace search {
namespace {

// Enough for what stands first in the index to be what stands first in the answer.
constexpr std::int64_t kCandidates = 128;
// How many are looked up that bear the query as a name; more only where the index's first rows do not settle it.
constexpr int kFewNamed = 8;
constexpr int kMostNamed = 50;

// Grows in steps, so that the pages of one walk are mostly cut from the same candidates.
std::int64_t candidates_for(const Source& source, Window window) {
  const auto needed = static_cast<std::uint64_t>(window.end());
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

// Watches rows come, the greatest place first, until there are as many of those that match best as are needed and no
// row of a lesser place can stand above them.
class TopMatches {
 public:
  // `most`: the points that no row is expected to surpass. Where it `can_rise`, one that does sets the mark for all.
  TopMatches(std::int64_t needed, Points most, bool can_rise) : needed_(needed), most_(most), can_rise_(can_rise) {}

  // True if those before this row are all that can stand above it or beside it, and as many as are needed.
  bool are_complete_before(const Candidate& row) {
    if (can_rise_ && row.points > most_) {
      most_ = row.points;
      count_ = 0;
    }
    if (count_ >= needed_ && row.place < place_) return true;
    if (row.points >= most_) ++count_;
    place_ = row.place;
    return false;
  }

 private:
  const std::int64_t needed_;
  Points most_;
  const bool can_rise_;
  std::int64_t count_ = 0;
  std::int64_t place_ = 0;  // of the row before
};

class Collection {
 public:
  Collection(const QueryWords& words, Source& source, Window window)
      : words_(words),
        source_(source),
        needed_(window.end()),
        count_(candidates_for(source, window)),
        has_parts_(std::ranges::any_of(words.words(), [](const QueryWord& word) { return !word.parts.empty(); })) {
    found_.reserve(static_cast<std::size_t>(count_));
  }

  Candidates collect() && {
    gather();
    drop_repeated(found_);
    complete();
    return std::move(found_);
  }

 private:
  void gather() {
    find_few_named();
    if (!source_.columns.has_strong) {
      if (!fetch(Last::whole, Where::anywhere)) fetch(Last::prefix, Where::anywhere);
      return;
    }
    if (!find_strong()) fetch_either(Where::anywhere);
  }

  // True if nothing else can stand in the window.
  bool find_strong() {
    const bool several = words_.words().size() > 1;
    const bool cut_off = several ? fetch_either(Where::strong) : fetch(Last::whole, Where::strong);
    if (!is_full_) find_more_named();
    if (cut_off) return true;
    if (!several) {
      if (!ends_with_handle() && is_settled(kPartsPercent * kStrong)) return true;
      fetch(Last::prefix, Where::strong);
    }
    return is_settled(weak_points());
  }

  // Rows that have the last word as a whole, and those in which something only begins with it. True if there may be
  // more of the former.
  bool fetch_either(Where where) {
    if (!fetch(Last::prefix, where)) return false;
    // What only begins with the last word must not crowd out what has it.
    return is_full_ || whole_ >= count_ || fetch(Last::whole, where);
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
    const bool reads_on = last == Last::prefix && source_.columns.has_strong && words_.tells_whole(where);
    TopMatches top(needed_, most_points(last, where), last == Last::whole || reads_on);
    source_.fetch(expression, reads_on ? 2 * count_ : count_, [&](const Candidate& row) {
      ++count;
      if (row.is_whole) ++whole_;
      is_full_ = top.are_complete_before(row);
      cut_off = is_full_ || (count >= count_ && (!reads_on || whole_ >= count_ || 4 * whole_ < 3 * count));
      return cut_off;
    }, found_);
    return cut_off;
  }

  void find_few_named() {
    if (!source_.fetch_named) return;
    source_.fetch_named(kFewNamed, found_);
    for (const Points extra : {kIsName, kIsSkill}) {
      const auto has_extra = [&](const Candidate& one) { return one.points == all_strong() + extra; };
      if (std::ranges::count_if(found_, has_extra) == kFewNamed) more_named_ += extra;
    }
  }

  // More than are looked at: whoever bears the query as a name must not be missed.
  void find_more_named() {
    if (more_named_ > 0) source_.fetch_named(kMostNamed, found_);
  }

  [[nodiscard]] Points all_strong() const { return std::ssize(words_.words()) * kWholePercent * kStrong; }

  // The most that a row can have which is not found before this is fetched.
  [[nodiscard]] Points most_points(Last last, Where where) const {
    if (!source_.columns.has_strong) return std::numeric_limits<Points>::max();  // their points do not tell
    const Points others = all_strong() - kWholePercent * kStrong;
    if (where == Where::anywhere) return others + weak_points();
    if (last == Last::whole || words_.tells_whole(where) || ends_with_handle()) return all_strong() + more_named_;
    return others + (has_parts_ ? kPartsPercent : kPrefixPercent) * kStrong;
  }

  // Whether none that is not found yet can stand in the window, if in each of those one word or more has no more than
  // `least` points.
  bool is_settled(Points least) {
    const Points others = (std::ssize(words_.words()) - 1) * kWholePercent * kStrong + least;
    if (std::ssize(found_) < needed_) return false;
    drop_repeated(found_);
    return std::ranges::count_if(found_, [&](const Candidate& one) { return one.points > others; }) >= needed_;
  }

  // Completes those that may stand in the window, and drops the others that are not complete.
  void complete() {
    if (!source_.complete || std::ranges::all_of(found_, &Candidate::is_complete)) return;
    const auto stands_before = [](const Candidate& a, const Candidate& b) {
      return a.points != b.points ? a.points > b.points : a.place > b.place;
    };
    if (std::ssize(found_) > needed_) {
      const auto last = found_.begin() + (needed_ - 1);
      std::ranges::nth_element(found_, last, stands_before);
      const Candidate least = *last;
      std::erase_if(found_, [&](const Candidate& one) { return !one.is_complete && stands_before(least, one); });
    }
    for (Candidate& one : found_) {
      if (one.is_complete) continue;
      source_.complete(one);
      one.is_complete = true;
    }
  }

  // The most that a word can have whose row is not among those found in strong columns.
  [[nodiscard]] Points weak_points() const {
    if (has_parts_) return kPartsPercent * kStrong;
    Points most = 0;
    for (const std::uint8_t weight : source_.columns.weights) {
      if (weight < kStrong) most = std::max<Points>(most, weight);
    }
    return kWholePercent * most;
  }

  // The beginning of a handle counts as the whole.
  [[nodiscard]] bool ends_with_handle() const {
    return source_.columns.has_handle && words_.last().term.front() == '@';
  }

  const QueryWords& words_;
  Source& source_;
  const std::int64_t needed_;
  const std::int64_t count_;
  const bool has_parts_;
  std::string fetched_;     // the last expression
  std::int64_t whole_ = 0;  // of the rows that it found
  bool is_full_ = false;    // the rows that it found are all that the window needs
  Points more_named_ = 0;   // what those have more who bear the query as a name, if there are more than the first few
  Candidates found_;
};

}  // namespace

Candidates rank(const QueryWords& words, Source source, Window window) {
  return window_of(Collection(words, source, window).collect(), window);
}

Candidates window_of(Candidates found, Window window) {
  const auto begin = std::min(window.offset, std::ssize(found));
  const auto end = std::min(window.end(), std::ssize(found));
  std::partial_sort(found.begin(), found.begin() + end, found.end(), ranks_above);
  return {found.begin() + begin, found.begin() + end};
}

void append_indexed(storage::Query rows, const Enough& enough, Candidates& found) {
  while (rows.step()) {
    const std::int64_t weight = rows.integer(1);
    found.push_back({.id = rows.integer(0),
                     .points = weight >> 16,
                     .is_whole = (weight & storage::kAllWhole) != 0,
                     .place = rows.integer(2),
                     .is_complete = false});
    if (enough(found.back())) break;
  }
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
