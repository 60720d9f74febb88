#include "organizations/directory.h"

#include "http/listing.h"
#include "organizations/organizations.h"

namespace organizations {

namespace {

// hiring and size have ten pairs of values, and the indexes begin with them: a filter is a handful of index ranges,
// each in the wanted order, however it is combined.
template <class Range>
std::vector<http::Line> merge_ranges(const DirectoryFilter& filter, std::int64_t count, std::int64_t offset,
                                     const Range& range) {
  std::vector<http::Line> lines;
  for (const bool hiring : {false, true}) {
    if (filter.hiring && *filter.hiring != hiring) continue;
    for (const auto size : kSizes) {
      if (!filter.size || *filter.size == size) http::append(lines, range(hiring, size));
    }
  }
  http::merge(lines, count, offset);
  return lines;
}

bool lets_all_through(const DirectoryFilter& filter) { return !filter.industry && !filter.hiring && !filter.size; }

}  // namespace

std::vector<http::Line> newest(storage::Database& db, const DirectoryFilter& filter, http::Line from,
                               std::int64_t count, std::int64_t offset) {
  if (lets_all_through(filter)) {
    return http::lines_of(db.query(R"sql(
        SELECT created_at, id
        FROM organizations
        WHERE (created_at, id) < (?1, ?2)
        ORDER BY created_at DESC, id DESC
        LIMIT ?3 OFFSET ?4)sql",
                                   from.order, from.id, count, offset));
  }
  if (!filter.industry) {
    return merge_ranges(filter, count, offset, [&](bool hiring, std::string_view size) {
      return db.query(R"sql(
          SELECT created_at, id
          FROM organizations
          WHERE hiring = ?1
            AND size = ?2
            AND (created_at, id) < (?3, ?4)
          ORDER BY created_at DESC, id DESC
          LIMIT ?5)sql",
                      hiring, size, from.order, from.id, count + offset);
    });
  }
  return merge_ranges(filter, count, offset, [&](bool hiring, std::string_view size) {
    return db.query(R"sql(
        SELECT created_at, id
        FROM organizations
        WHERE industry = ?1
          AND hiring = ?2
          AND size = ?3
          AND (created_at, id) < (?4, ?5)
        ORDER BY created_at DESC, id DESC
        LIMIT ?6)sql",
                    *filter.industry, hiring, size, from.order, from.id, count + offset);
  });
}

std::vector<http::Line> most_followed(storage::Database& db, const DirectoryFilter& filter, http::Line from,
                                      std::int64_t count) {
  if (lets_all_through(filter)) {
    return http::lines_of(db.query(R"sql(
        SELECT follower_count, id
        FROM organizations
        WHERE (follower_count, id) < (?1, ?2)
        ORDER BY follower_count DESC, id DESC
        LIMIT ?3)sql",
                                   from.order, from.id, count));
  }
  if (!filter.industry) {
    return merge_ranges(filter, count, 0, [&](bool hiring, std::string_view size) {
      return db.query(R"sql(
          SELECT follower_count, id
          FROM organizations
          WHERE hiring = ?1
            AND size = ?2
            AND (follower_count, id) < (?3, ?4)
          ORDER BY follower_count DESC, id DESC
          LIMIT ?5)sql",
                      hiring, size, from.order, from.id, count);
    });
  }
  return merge_ranges(filter, count, 0, [&](bool hiring, std::string_view size) {
    return db.query(R"sql(
        SELECT follower_count, id
        FROM organizations
        WHERE industry = ?1
          AND hiring = ?2
          AND size = ?3
          AND (follower_count, id) < (?4, ?5)
        ORDER BY follower_count DESC, id DESC
        LIMIT ?6)sql",
                    *filter.industry, hiring, size, from.order, from.id, count);
  });
}

}  // namespace organizations
