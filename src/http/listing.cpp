#include "http/listing.h"

#include <algorithm>

namespace http {

std::vector<Line> lines_of(storage::Query rows) {
  std::vector<Line> lines;
  while (rows.step()) lines.push_back({rows.integer(0), rows.integer(1)});
  return lines;
}

void merge(std::vector<Line>& lines, const Page& page) {
  std::sort(lines.begin(), lines.end(),
            [](const Line& a, const Line& b) { return a.order != b.order ? a.order > b.order : a.id > b.id; });
  lines.erase(lines.begin(), lines.begin() + std::min<std::ptrdiff_t>(page.offset, std::ssize(lines)));
  if (std::ssize(lines) > page.fetch()) lines.resize(static_cast<std::size_t>(page.fetch()));
}

}  // namespace http
