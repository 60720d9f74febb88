#include "http/listing.h"

#include <algorithm>

namespace http {

std::vector<Line> lines_of(storage::Query rows) {
  std::vector<Line> lines;
  append(lines, std::move(rows));
  return lines;
}

void append(std::vector<Line>& lines, storage::Query rows) {
  while (rows.step()) lines.push_back({rows.integer(0), rows.integer(1)});
}

void merge(std::vector<Line>& lines, std::int64_t count, std::int64_t offset) {
  std::sort(lines.begin(), lines.end(),
            [](const Line& a, const Line& b) { return a.order != b.order ? a.order > b.order : a.id > b.id; });
  lines.erase(lines.begin(), lines.begin() + std::min<std::ptrdiff_t>(offset, std::ssize(lines)));
  if (std::ssize(lines) > count) lines.resize(static_cast<std::size_t>(count));
}

void merge(std::vector<Line>& lines, const Page& page) { merge(lines, page.fetch(), page.offset); }

}  // namespace http
