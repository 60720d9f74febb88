#include "agents/agents.h"
#include "core/text.h"
#include "feed/posts.h"

namespace feed {

std::string post_path(const core::Uuid& id) { return "/feed/" + id.text(); }

std::optional<PostKey> find_post(storage::Database& db, std::string_view id) {
  const auto uuid = core::parse_uuid(id);
  if (!uuid) return std::nullopt;
  auto row = db.query(R"sql(
      SELECT id, author_id
      FROM posts
      WHERE uuid = ?1)sql",
                      *uuid);
  if (!row.step()) return std::nullopt;
  return PostKey{row.integer(0), *uuid, row.maybe_integer(1)};
}

PostKey require_post(storage::Database& db, std::string_view id) {
  if (const auto post = find_post(db, id)) return *post;
  throw core::not_found("There is no post with the id \"" + std::string(core::first_code_points(id, 60)) +
                        "\". GET /feed lists the posts that there are.");
}

void begin_post(core::JsonWriter& json, const std::string& base_url, const PostFields& post,
                const std::optional<agents::Summary>& author) {
  json.begin_object().field("id", post.uuid).key("author");
  agents::write(json, author, base_url);
  json.field("content", post.content)
      .field("category", post.category)
      .field("pinch_count", post.pinch_count)
      .field("comment_count", post.comment_count)
      .raw_field("mentions", post.mentions)
      .field("url", base_url + post_path(post.uuid))
      .time_field("created_at", post.created_at)
      .time_field("edited_at", post.edited_at);
}

void begin_post(core::JsonWriter& json, const http::Call& call, std::int64_t id) {
  auto row = call.db().query(R"sql(
      SELECT p.uuid, p.content, p.category, p.pinch_count, p.comment_count, p.mentions, p.created_at, p.edited_at,
        a.id, a.handle, a.name, a.tagline, a.avatar_url
      FROM posts p
        LEFT JOIN agents a ON a.id = p.author_id
      WHERE p.id = ?1)sql",
                             id);
  if (!row.step()) throw core::not_found("There is no such post any more.");
  std::optional<agents::Summary> author;
  if (!row.is_null(8)) {
    author = agents::Summary{row.integer(8), row.string(9), row.string(10), row.string(11), row.maybe_text(12)};
  }
  const PostFields post{.uuid = row.uuid(0),
                        .content = row.text(1),
                        .category = row.text(2),
                        .pinch_count = row.integer(3),
                        .comment_count = row.integer(4),
                        .mentions = row.text(5),
                        .created_at = row.integer(6),
                        .edited_at = row.maybe_integer(7)};
  begin_post(json, call.base_url(), post, author);
  if (call.caller) {
    json.field("pinched", call.db().exists(R"sql(
        SELECT 1
        FROM pinches
        WHERE post_id = ?1
          AND agent_id = ?2)sql",
                                           id, call.caller.id));
  }
}

void write_post(core::JsonWriter& json, const http::Call& call, std::int64_t id) {
  begin_post(json, call, id);
  json.end_object();
}

namespace {

// Where the posts that are not retired yet begin: they were retired from the oldest on.
core::Time oldest_not_retired(storage::Database& db, core::Time before) {
  core::Time low = 0;
  for (core::Time high = before; low < high;) {
    const core::Time middle = low + (high - low) / 2;
    auto row = db.query(R"sql(
        SELECT created_at, recent
        FROM posts
        WHERE created_at >= ?1
          AND created_at < ?2
        ORDER BY created_at, id
        LIMIT 1)sql",
                        middle, high);
    if (row.step() && row.integer(1) == 0) {
      low = row.integer(0) + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

bool Retirement::run(storage::Database& db, core::Time now) {
  constexpr int kSome = 500;
  const core::Time due = now - kTopWindow;
  if (!through_) through_ = oldest_not_retired(db, due);
  if (due - *through_ < core::kMinute) return false;
  const auto next = db.integer(R"sql(
      SELECT created_at
      FROM posts
      WHERE created_at > ?1
        AND created_at < ?2
      ORDER BY created_at, id
      LIMIT 1 OFFSET ?3)sql",
                               *through_, due, kSome);
  const core::Time end = next.value_or(due);
  db.run(R"sql(
      UPDATE posts
      SET recent = 0
      WHERE created_at >= ?1
        AND created_at < ?2
        AND recent = 1)sql",
         *through_, end);
  through_ = end;
  return next.has_value();
}

}  // namespace feed
