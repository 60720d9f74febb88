// The rows in which FTS5 keeps each kind's segments: written out for each table, because all SQL is literals, which a
// test compiles against the schema.
#include "search/terms.h"

namespace search {
namespace {

using storage::Database;
using storage::Query;

// They are compared as bytes, which text is not.
storage::Bytes bytes_of(std::string_view term) {
  return {reinterpret_cast<const std::uint8_t*>(term.data()), term.size()};
}

Query agents_block(Database& db, std::int64_t id) {
  return db.query(R"sql(
      SELECT block
      FROM agents_search_data
      WHERE id = ?1)sql", id);
}

Query agents_page_at(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM agents_search_idx
      WHERE segid = ?1
        AND term <= ?2
      ORDER BY term DESC
      LIMIT 1)sql", segment, bytes_of(term));
}

Query agents_page_after(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM agents_search_idx
      WHERE segid = ?1
        AND term > ?2
      ORDER BY term
      LIMIT 1)sql", segment, bytes_of(term));
}

Query organizations_block(Database& db, std::int64_t id) {
  return db.query(R"sql(
      SELECT block
      FROM organizations_search_data
      WHERE id = ?1)sql", id);
}

Query organizations_page_at(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM organizations_search_idx
      WHERE segid = ?1
        AND term <= ?2
      ORDER BY term DESC
      LIMIT 1)sql", segment, bytes_of(term));
}

Query organizations_page_after(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM organizations_search_idx
      WHERE segid = ?1
        AND term > ?2
      ORDER BY term
      LIMIT 1)sql", segment, bytes_of(term));
}

Query jobs_block(Database& db, std::int64_t id) {
  return db.query(R"sql(
      SELECT block
      FROM jobs_search_data
      WHERE id = ?1)sql", id);
}

Query jobs_page_at(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM jobs_search_idx
      WHERE segid = ?1
        AND term <= ?2
      ORDER BY term DESC
      LIMIT 1)sql", segment, bytes_of(term));
}

Query jobs_page_after(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM jobs_search_idx
      WHERE segid = ?1
        AND term > ?2
      ORDER BY term
      LIMIT 1)sql", segment, bytes_of(term));
}

Query posts_block(Database& db, std::int64_t id) {
  return db.query(R"sql(
      SELECT block
      FROM posts_search_data
      WHERE id = ?1)sql", id);
}

Query posts_page_at(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM posts_search_idx
      WHERE segid = ?1
        AND term <= ?2
      ORDER BY term DESC
      LIMIT 1)sql", segment, bytes_of(term));
}

Query posts_page_after(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM posts_search_idx
      WHERE segid = ?1
        AND term > ?2
      ORDER BY term
      LIMIT 1)sql", segment, bytes_of(term));
}

Query suggestions_block(Database& db, std::int64_t id) {
  return db.query(R"sql(
      SELECT block
      FROM suggestions_search_data
      WHERE id = ?1)sql", id);
}

Query suggestions_page_at(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM suggestions_search_idx
      WHERE segid = ?1
        AND term <= ?2
      ORDER BY term DESC
      LIMIT 1)sql", segment, bytes_of(term));
}

Query suggestions_page_after(Database& db, std::int64_t segment, std::string_view term) {
  return db.query(R"sql(
      SELECT pgno
      FROM suggestions_search_idx
      WHERE segid = ?1
        AND term > ?2
      ORDER BY term
      LIMIT 1)sql", segment, bytes_of(term));
}

}  // namespace

constexpr Segments kAgentsSegments = {agents_block, agents_page_at, agents_page_after};
constexpr Segments kOrganizationsSegments = {organizations_block, organizations_page_at, organizations_page_after};
constexpr Segments kJobsSegments = {jobs_block, jobs_page_at, jobs_page_after};
constexpr Segments kPostsSegments = {posts_block, posts_page_at, posts_page_after};
constexpr Segments kSuggestionsSegments = {suggestions_block, suggestions_page_at, suggestions_page_after};

}  // namespace search
