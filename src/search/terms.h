// The words of one kind's index in their order, for whoever looks for words that are like another.
//
// FTS5's own list of them (fts5vocab) reads all rows of a common word to come to the word after it. This reads the
// pages in which FTS5 keeps its segments, as SQLite's fts5_index.c tells of them, and only those on which words begin.
// Words of rows that were deleted stand there until segments are merged, and whatever cannot be read is left out: ask
// FTS5 itself whether a word is there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.h"

namespace search {

// How the segments of one FTS5 table are read.
struct Segments {
  // A row with the block of this id.
  storage::Query (*block)(storage::Database& db, std::int64_t id);
  // A row with the page, and a flag in its last bit, on which the last term begins that is not above `term`; or the
  // first that is above it.
  storage::Query (*page_at)(storage::Database& db, std::int64_t segment, std::string_view term);
  storage::Query (*page_after)(storage::Database& db, std::int64_t segment, std::string_view term);
};
extern const Segments kAgentsSegments;
extern const Segments kOrganizationsSegments;
extern const Segments kJobsSegments;
extern const Segments kPostsSegments;
extern const Segments kSuggestionsSegments;

// Sees the database as it was when this was made: within one transaction.
class Terms {
 public:
  Terms(storage::Database& db, const Segments& segments);

  // The first word that is not below `from`; empty if there is none. Valid until the next call.
  [[nodiscard]] std::string_view first_from(std::string_view from);

 private:
  // A segment and the page of it that was read last: a walk stays on few pages.
  struct Segment {
    std::int64_t id = 0;
    std::int64_t first_page = 0;
    std::int64_t page = 0;   // 0: none yet
    std::string low{};       // no term of the segment lies between this and the first one of the page...
    bool is_last = false;    // ...and none lies above the page's last
    std::string block{};     // the page
    std::string found{};     // by find()

    // The page's first term that is not below `key`; false if there is none.
    bool find(std::string_view key);
  };

  void read_structure();
  void load(Segment& segment, std::int64_t page);
  // Finds it on another page, which is loaded.
  bool turn_to(Segment& segment, std::string_view key);
  // Finds the segment's first term that is not below `key`; false if there is none.
  bool seek(Segment& segment, std::string_view key);

  storage::Database& db_;
  const Segments& segments_;
  std::vector<Segment> all_;
};

}  // namespace search
