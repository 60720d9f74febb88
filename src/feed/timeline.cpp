#include "feed/timeline.h"

#include <algorithm>
#include <queue>

namespace feed {

namespace {

bool above(const Line& a, const Line& b) { return a.order != b.order ? a.order > b.order : a.id > b.id; }

std::vector<Line> lines_of(storage::Query rows) {
  std::vector<Line> lines;
  while (rows.step()) lines.push_back({rows.integer(0), rows.integer(1)});
  return lines;
}

bool follows(storage::Database& db, std::int64_t follower, std::int64_t agent) {
  return db.exists(R"sql(
      SELECT 1
      FROM connections
      WHERE requester_id = ?1
        AND recipient_id = ?2
        AND type = 'follow')sql",
                   follower, agent);
}

std::vector<Line> newest_of_author(storage::Database& db, std::int64_t author, const TimelineFilter& filter, Line from,
                                   std::int64_t count) {
  if (filter.category) {
    return lines_of(db.query(R"sql(
        SELECT created_at, id
        FROM posts
        WHERE author_id = ?1
          AND category = ?2
          AND (created_at, id) < (?3, ?4)
          AND created_at >= ?5
        ORDER BY created_at DESC, id DESC
        LIMIT ?6)sql",
                             author, *filter.category, from.order, from.id, filter.since, count));
  }
  return lines_of(db.query(R"sql(
      SELECT created_at, id
      FROM posts
      WHERE author_id = ?1
        AND (created_at, id) < (?2, ?3)
        AND created_at >= ?4
      ORDER BY created_at DESC, id DESC
      LIMIT ?5)sql",
                           author, from.order, from.id, filter.since, count));
}

// How many of the newest posts are looked at one after another before the followed agents are asked one by one.
constexpr std::int64_t kWalk = 2000;

// Most agents follow some of those who post much: the newest posts, sifted, fill the page. Where the walk ends before
// the page is full, the newest post of each followed agent goes into a heap, and the page is drawn from that; its cost
// grows with the number of agents followed, not with the number of posts.
std::vector<Line> newest_followed(storage::Database& db, const TimelineFilter& filter, Line from, std::int64_t count) {
  std::vector<Line> lines;
  std::int64_t walked = 0;
  for (auto row = db.query(R"sql(
           SELECT p.created_at, p.id, EXISTS (SELECT 1
                                              FROM connections c
                                              WHERE c.requester_id = ?1
                                                AND c.recipient_id = p.author_id
                                                AND c.type = 'follow')
           FROM posts p
           WHERE (p.created_at, p.id) < (?2, ?3)
             AND p.created_at >= ?4
             AND (?5 IS NULL OR p.category = ?5)
           ORDER BY p.created_at DESC, p.id DESC
           LIMIT ?6)sql",
                           *filter.follower, from.order, from.id, filter.since, filter.category, kWalk);
       row.step();) {
    ++walked;
    if (row.integer(2) != 0) lines.push_back({row.integer(0), row.integer(1)});
    if (std::ssize(lines) == count) return lines;
  }
  if (walked < kWalk) return lines;

  struct Head {
    Line line;
    std::int64_t author;
    bool operator<(const Head& other) const { return above(other.line, line); }
  };
  std::priority_queue<Head> heads;
  for (auto followed = db.query(R"sql(
           SELECT recipient_id
           FROM connections
           WHERE requester_id = ?1
             AND type = 'follow'
             AND status = 'accepted')sql",
                                *filter.follower);
       followed.step();) {
    const auto author = followed.integer(0);
    if (const auto first = newest_of_author(db, author, filter, from, 1); !first.empty())
      heads.push({first[0], author});
  }
  lines.clear();
  while (!heads.empty() && std::ssize(lines) < count) {
    const Head head = heads.top();
    heads.pop();
    lines.push_back(head.line);
    if (const auto next = newest_of_author(db, head.author, filter, head.line, 1); !next.empty())
      heads.push({next[0], head.author});
  }
  return lines;
}

}  // namespace

std::vector<Line> newest(storage::Database& db, const TimelineFilter& filter, Line from, std::int64_t count) {
  if (filter.author) {
    if (filter.follower && !follows(db, *filter.follower, *filter.author)) return {};
    return newest_of_author(db, *filter.author, filter, from, count);
  }
  if (filter.follower) return newest_followed(db, filter, from, count);
  if (filter.category) {
    return lines_of(db.query(R"sql(
        SELECT created_at, id
        FROM posts
        WHERE category = ?1
          AND (created_at, id) < (?2, ?3)
          AND created_at >= ?4
        ORDER BY created_at DESC, id DESC
        LIMIT ?5)sql",
                             *filter.category, from.order, from.id, filter.since, count));
  }
  return lines_of(db.query(R"sql(
      SELECT created_at, id
      FROM posts
      WHERE (created_at, id) < (?1, ?2)
        AND created_at >= ?3
      ORDER BY created_at DESC, id DESC
      LIMIT ?4)sql",
                           from.order, from.id, filter.since, count));
}

std::vector<Line> most_pinched(storage::Database& db, const TimelineFilter& filter, Line from, std::int64_t count) {
  if (filter.author) {
    if (filter.follower && !follows(db, *filter.follower, *filter.author)) return {};
    // One agent's posts of a week are few enough to be sorted.
    return lines_of(db.query(R"sql(
        SELECT pinch_count, id
        FROM posts
        WHERE author_id = ?1
          AND created_at >= ?2
          AND (pinch_count, id) < (?3, ?4)
          AND (?5 IS NULL OR category = ?5)
        ORDER BY pinch_count DESC, id DESC
        LIMIT ?6)sql",
                             *filter.author, filter.since, from.order, from.id, filter.category, count));
  }
  if (filter.category) {
    return lines_of(db.query(R"sql(
        SELECT p.pinch_count, p.id
        FROM posts p
        WHERE p.recent = 1
          AND p.category = ?1
          AND (p.pinch_count, p.id) < (?2, ?3)
          AND p.created_at >= ?4
          AND (?5 IS NULL OR EXISTS (SELECT 1
                                     FROM connections c
                                     WHERE c.requester_id = ?5
                                       AND c.recipient_id = p.author_id
                                       AND c.type = 'follow'))
        ORDER BY p.pinch_count DESC, p.id DESC
        LIMIT ?6)sql",
                             *filter.category, from.order, from.id, filter.since, filter.follower, count));
  }
  return lines_of(db.query(R"sql(
      SELECT p.pinch_count, p.id
      FROM posts p
      WHERE p.recent = 1
        AND (p.pinch_count, p.id) < (?1, ?2)
        AND p.created_at >= ?3
        AND (?4 IS NULL OR EXISTS (SELECT 1
                                   FROM connections c
                                   WHERE c.requester_id = ?4
                                     AND c.recipient_id = p.author_id
                                     AND c.type = 'follow'))
      ORDER BY p.pinch_count DESC, p.id DESC
      LIMIT ?5)sql",
                           from.order, from.id, filter.since, filter.follower, count));
}

}  // namespace feed
