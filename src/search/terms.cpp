#include "search/terms.h"

#include <algorithm>
#include <utility>

namespace search {
namespace {

// The row of _data in which the segments are listed.
constexpr std::int64_t kStructure = 10;
constexpr int kPageBits = 37;  // of a page's id; above them stands its segment
// Terms of the index proper begin with this, those of its prefix indexes with digits above it.
constexpr char kMain = '0';
constexpr std::size_t kLeafHeader = 4;

// Reads the numbers and strings of a block. Beyond its end there are zeros, and nothing.
class BlockReader {
 public:
  explicit BlockReader(std::string_view block, std::size_t at = 0) : block_(block), at_(at) {}

  [[nodiscard]] bool at_end() const { return at_ >= block_.size(); }

  // Up to nine bytes of seven bits each, the most significant first.
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int count = 1; !at_end(); ++count) {
      const auto byte = static_cast<std::uint8_t>(block_[at_++]);
      if (count == 9) return value << 8 | byte;
      value = value << 7 | (byte & 0x7F);
      if (byte < 0x80) break;
    }
    return value;
  }

  std::string_view text(std::uint64_t size) {
    const std::size_t begin = std::min(at_, block_.size());
    const std::string_view text = block_.substr(begin, size);
    at_ = begin + text.size();
    return text;
  }

 private:
  std::string_view block_;
  std::size_t at_;
};

std::string_view text_of(storage::Bytes blob) { return {reinterpret_cast<const char*>(blob.data()), blob.size()}; }

// 0 if there is none.
std::int64_t page_of(storage::Query row) { return row.step() ? row.integer(0) >> 1 : 0; }

}  // namespace

Terms::Terms(storage::Database& db, const Segments& segments) : db_(db), segments_(segments) { read_structure(); }

void Terms::read_structure() {
  auto row = segments_.block(db_, kStructure);
  if (!row.step()) return;
  constexpr std::size_t kCookie = 4;
  BlockReader reader(text_of(row.blob(0)), kCookie);
  const std::uint64_t levels = reader.number();
  reader.number();  // segments in all
  reader.number();  // pages written in all
  for (std::uint64_t level = 0; level < levels && !reader.at_end(); ++level) {
    reader.number();  // how many of them are being merged
    const std::uint64_t count = reader.number();
    for (std::uint64_t segment = 0; segment < count && !reader.at_end(); ++segment) {
      const auto id = static_cast<std::int64_t>(reader.number());
      const auto first_page = static_cast<std::int64_t>(reader.number());
      reader.number();  // the last page
      all_.push_back({.id = id, .first_page = first_page});
    }
  }
}

// The header says where the list begins, at the page's end, of where each term stands: the first by its place in the
// page, each other by its distance from the one before. A term but the first leaves out what it begins with like that.
// So most terms need not be put together to be compared.
bool Terms::Segment::find(std::string_view key) {
  if (block.size() < kLeafHeader) return false;
  const std::size_t size = static_cast<std::size_t>(static_cast<std::uint8_t>(block[2])) << 8 |
                           static_cast<std::uint8_t>(block[3]);
  const std::string_view content = std::string_view(block).substr(0, size);
  std::uint64_t at = 0;
  bool is_first = true;
  std::size_t shared = 0;  // of the key: what the term before, which is below it, begins with
  for (BlockReader places(block, size); !places.at_end();) {
    at += places.number();
    if (at >= content.size()) return false;
    BlockReader term(content, at);
    const std::uint64_t kept = std::exchange(is_first, false) ? 0 : term.number();
    if (kept > shared) continue;  // below the key where the one before is
    const std::string_view rest = term.text(term.number());
    const std::string_view tail = key.substr(kept);
    if (rest >= tail) {
      found.assign(key, 0, kept).append(rest);
      return true;
    }
    shared = kept + static_cast<std::size_t>(std::ranges::mismatch(rest, tail).in1 - rest.begin());
  }
  return false;
}

void Terms::load(Segment& segment, std::int64_t page) {
  if (page == segment.page) return;
  segment.page = page;
  auto row = segments_.block(db_, segment.id << kPageBits | page);
  segment.block = row.step() ? text_of(row.blob(0)) : "";
}

bool Terms::turn_to(Segment& segment, std::string_view key) {
  // What merging has done with is still listed, though its pages are gone.
  load(segment, std::max(segment.first_page, page_of(segments_.page_at(db_, segment.id, key))));
  segment.low = key;
  segment.is_last = false;
  if (segment.page == segment.first_page) segment.low.clear();
  if (segment.find("") && segment.found < segment.low) segment.low = segment.found;
  if (segment.find(key)) return true;
  // Pages between have rows of this page's last word.
  const std::int64_t next = page_of(segments_.page_after(db_, segment.id, key));
  segment.is_last = next <= segment.page;
  if (segment.is_last) return false;
  load(segment, next);
  segment.low = key;
  return segment.find(key);
}

bool Terms::seek(Segment& segment, std::string_view key) {
  if (segment.page != 0 && key >= segment.low) {
    if (segment.find(key)) return true;
    if (segment.is_last) return false;
  }
  return turn_to(segment, key);
}

std::string_view Terms::first_from(std::string_view from) {
  const std::string key = kMain + std::string(from);
  std::string_view first;
  for (Segment& segment : all_) {
    if (seek(segment, key) && (first.empty() || segment.found < first)) first = segment.found;
  }
  if (!first.starts_with(kMain)) return {};
  return first.substr(1);
}

}  // namespace search
