#include "search/highlight.h"

#include <algorithm>
#include <bitset>
#include <vector>

#include "core/text.h"
#include "core/words.h"
#include "html/escape.h"

namespace search {

using html::append_escaped;

namespace {

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Field {
  std::string_view text;
  std::vector<Span> matches;  // ascending, apart from each other
  std::size_t words = 0;      // of the query that stand in it
};

Field read_field(std::string_view text, const QueryWords& words, const core::WordReader::Beginnings& beginnings) {
  Field field{.text = text};
  std::bitset<QueryWords::kMaxWords> seen;
  for (core::WordReader reader(text, beginnings); reader.next();) {
    const std::size_t index = words.index_of(reader.term());
    if (index == words.words().size()) continue;
    seen.set(index);
    // The parts of a word that is marked already lie inside of it.
    if (!field.matches.empty() && reader.begin() <= field.matches.back().end) {
      field.matches.back().end = std::max(field.matches.back().end, reader.end());
    } else {
      field.matches.push_back({reader.begin(), reader.end()});
    }
  }
  field.words = seen.count();
  return field;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The part of the text that is shown: around the first match, cut between code points.
Span window(const Field& field) {
  const std::string_view text = field.text;
  if (core::first_code_points(text, kMaxHighlight).size() == text.size()) return {0, text.size()};
  constexpr std::size_t kBefore = 40;
  std::size_t begin = field.matches.empty() ? 0 : field.matches.front().begin;
  for (std::size_t steps = 0; begin > 0 && steps < kBefore; --begin) {
    if (!is_continuation(text[begin])) ++steps;
  }
  while (begin > 0 && is_continuation(text[begin])) --begin;
  if (begin > 0) {
    // At the beginning of a word, if there is one before the match.
    const std::size_t space = text.find(' ', begin);
    if (space != text.npos && space < field.matches.front().begin) begin = space + 1;
  }
  const std::size_t end = begin + core::first_code_points(text.substr(begin), kMaxHighlight).size();
  return {begin, end};
}

std::string marked(const Field& field) {
  const Span shown = window(field);
  std::string out;
  out.reserve(shown.end - shown.begin + 32);
  if (shown.begin > 0) out += "…";
  std::size_t at = shown.begin;
  for (const Span& match : field.matches) {
    const Span part{std::max(match.begin, shown.begin), std::min(match.end, shown.end)};
    if (part.begin >= part.end) continue;
    append_escaped(out, field.text.substr(at, part.begin - at));
    out += "<mark>";
    append_escaped(out, field.text.substr(part.begin, part.end - part.begin));
    out += "</mark>";
    at = part.end;
  }
  append_escaped(out, field.text.substr(at, shown.end - at));
  if (shown.end < field.text.size()) out += "…";
  return out;
}

}  // namespace

std::string highlight(std::span<const std::string_view> fields, const QueryWords& words) {
  Field best;
  const auto beginnings = words.beginnings();
  for (const std::string_view text : fields) {
    Field field = read_field(text, words, beginnings);
    if (field.words > best.words || best.text.empty()) best = std::move(field);
    if (best.words == words.words().size()) break;
  }
  return marked(best);
}

}  // namespace search
