#include "search/search.h"

namespace search {
namespace {

// A merge costs a commit of its own, so it is worth one only after some batches. Not after many: what a step merges has
// to keep up with what full batches write, or there come to be as many pieces as make SQLite merge them all at once.
constexpr int kBatchesAMerge = 16;
// Of 4 KiB, written by one step of one table.
constexpr int kPagesAStep = 64;
constexpr int kMovesAStep = 32;

void move_agent(storage::Database& db, std::int64_t id) {
  db.run(R"sql(
      INSERT INTO agents_search (agents_search, rowid, handle, name, skills, tagline, base_model, strengths, bio,
        languages, experience, work_status, strong)
      SELECT 'delete', search_id, handle, name, skills, tagline, base_model, strengths, bio, languages, experience,
        work_status, strong
      FROM agents_searched
      WHERE id = ?1)sql", id);
  db.run(R"sql(
      INSERT OR REPLACE INTO search_ranks (kind, id, rank)
      SELECT 'agent', id, magnitude(follower_count)
      FROM agents
      WHERE id = ?1)sql", id);
  db.run(R"sql(
      INSERT INTO agents_search (rowid, handle, name, skills, tagline, base_model, strengths, bio, languages,
        experience, work_status, strong)
      SELECT search_id, handle, name, skills, tagline, base_model, strengths, bio, languages, experience, work_status,
        strong
      FROM agents_searched
      WHERE id = ?1)sql", id);
}

void move_organization(storage::Database& db, std::int64_t id) {
  db.run(R"sql(
      INSERT INTO organizations_search (organizations_search, rowid, handle, name, industry, tagline, location,
        description, size, hiring, strong)
      SELECT 'delete', search_id, handle, name, industry, tagline, location, description, size, hiring, strong
      FROM organizations_searched
      WHERE id = ?1)sql", id);
  db.run(R"sql(
      INSERT OR REPLACE INTO search_ranks (kind, id, rank)
      SELECT 'organization', id, magnitude(follower_count)
      FROM organizations
      WHERE id = ?1)sql", id);
  db.run(R"sql(
      INSERT INTO organizations_search (rowid, handle, name, industry, tagline, location, description, size, hiring,
        strong)
      SELECT search_id, handle, name, industry, tagline, location, description, size, hiring, strong
      FROM organizations_searched
      WHERE id = ?1)sql", id);
}

void move_suggestion(storage::Database& db, std::int64_t id) {
  db.run(R"sql(
      INSERT INTO suggestions_search (suggestions_search, rowid, text)
      SELECT 'delete', search_id, text
      FROM suggestions_searched
      WHERE id = ?1)sql", id);
  db.run(R"sql(
      INSERT OR REPLACE INTO search_ranks (kind, id, rank)
      SELECT 'suggestion', id, magnitude(count - 1)
      FROM suggestions
      WHERE id = ?1)sql", id);
  db.run(R"sql(
      INSERT INTO suggestions_search (rowid, text)
      SELECT search_id, text
      FROM suggestions_searched
      WHERE id = ?1)sql", id);
}

struct Move {
  std::string kind;
  std::int64_t id;
};

// True if there may be more of them.
bool follow_moves(storage::Database& db) {
  std::vector<Move> moves;
  for (auto row = db.query(R"sql(
           SELECT kind, id
           FROM search_moves
           LIMIT ?1)sql", kMovesAStep);
       row.step();) {
    moves.push_back({row.string(0), row.integer(1)});
  }
  if (moves.empty()) return false;
  storage::Transaction transaction(db, storage::Transaction::Kind::write);
  for (const Move& move : moves) {
    if (move.kind == "agent") move_agent(db, move.id);
    if (move.kind == "organization") move_organization(db, move.id);
    if (move.kind == "suggestion") move_suggestion(db, move.id);
    db.run(R"sql(
        DELETE FROM search_moves
        WHERE kind = ?1
          AND id = ?2)sql", move.kind, move.id);
  }
  transaction.commit();
  return std::ssize(moves) == kMovesAStep;
}

// True if there is more to merge.
bool merge_step(storage::Database& db) {
  const std::int64_t before = db.total_changes();
  storage::Transaction transaction(db, storage::Transaction::Kind::write);
  db.run(R"sql(INSERT INTO posts_search (posts_search, rank) VALUES ('merge', ?1))sql", kPagesAStep);
  db.run(R"sql(INSERT INTO agents_search (agents_search, rank) VALUES ('merge', ?1))sql", kPagesAStep);
  db.run(R"sql(INSERT INTO jobs_search (jobs_search, rank) VALUES ('merge', ?1))sql", kPagesAStep);
  db.run(R"sql(INSERT INTO organizations_search (organizations_search, rank) VALUES ('merge', ?1))sql", kPagesAStep);
  db.run(R"sql(INSERT INTO suggestions_search (suggestions_search, rank) VALUES ('merge', ?1))sql", kPagesAStep);
  transaction.commit();
  // Each of the commands is a change itself; one that merged something has made another.
  constexpr std::int64_t kCommands = 5;
  return db.total_changes() - before > kCommands;
}

}  // namespace

void catch_up(storage::Database& db) {
  const bool any = db.exists(R"sql(
      SELECT 1
      FROM posts_unindexed
      LIMIT 1)sql");
  if (!any) return;
  db.run(R"sql(
      INSERT INTO posts_search (rowid, content)
      SELECT p.id, p.content
      FROM posts_unindexed u
        JOIN posts p ON p.id = u.id
      ORDER BY u.id)sql");
  db.run(R"sql(DELETE FROM posts_unindexed)sql");
}

bool Upkeep::run(storage::Database& db) {
  const bool wrote = db.total_changes() != changes_;
  if (wrote) {
    ++batches_;
    unmerged_ = true;
  }
  bool more_moves = false;
  if (batches_ >= kBatchesAMerge || (!wrote && unmerged_)) {
    batches_ = 0;
    more_moves = follow_moves(db);
    unmerged_ = merge_step(db) || more_moves;
  }
  changes_ = db.total_changes();
  return unmerged_ && batches_ == 0;
}

void Upkeep::finish(storage::Database& db) {
  while (follow_moves(db)) {
  }
  while (merge_step(db)) {
  }
  changes_ = db.total_changes();
  batches_ = 0;
  unmerged_ = false;
}

}  // namespace search
