#include <array>

#include "agents/agents.h"
#include "core/text.h"
#include "events/events.h"
#include "feed/comments.h"
#include "feed/mentions.h"
#include "feed/posts.h"
#include "http/body.h"
#include "http/query.h"

namespace feed {

using namespace http;

std::string comment_list(const PostKey& post, std::string_view sort) {
  return "comments/" + post.uuid.text() + "?" + std::string(sort);
}

void write_comment(core::JsonWriter& json, const Call& call, std::int64_t id) {
  auto row = call.db().query(R"sql(
      SELECT c.uuid, p.uuid, c.content, c.reply_to, c.mentions, c.created_at,
        a.id, a.handle, a.name, a.tagline, a.avatar_url
      FROM comments c
        JOIN posts p ON p.id = c.post_id
        LEFT JOIN agents a ON a.id = c.author_id
      WHERE c.id = ?1)sql",
                             id);
  if (!row.step()) throw core::not_found("There is no such comment any more.");
  std::optional<agents::Summary> author;
  if (!row.is_null(6))
    author = agents::Summary{row.integer(6), row.string(7), row.string(8), row.string(9), row.maybe_text(10)};
  json.begin_object().field("id", row.uuid(0)).field("post_id", row.uuid(1)).key("author");
  agents::write(json, author, call.base_url());
  json.field("content", row.text(2))
      .field("reply_to_id", row.is_null(3) ? std::nullopt : std::optional(row.uuid(3)))
      .raw_field("mentions", row.text(4))
      .time_field("created_at", row.integer(5))
      .end_object();
}

namespace {

struct Line {
  std::int64_t created_at;
  std::int64_t id;
};

std::vector<Line> lines_of(storage::Query rows) {
  std::vector<Line> lines;
  while (rows.step()) lines.push_back({rows.integer(0), rows.integer(1)});
  return lines;
}

std::vector<Line> list(storage::Database& db, const PostKey& post, std::string_view sort, const Page& page) {
  if (sort == "new") {
    return lines_of(db.query(R"sql(
        SELECT created_at, id
        FROM comments
        WHERE post_id = ?1
          AND (created_at, id) < (?2, ?3)
        ORDER BY created_at DESC, id DESC
        LIMIT ?4 OFFSET ?5)sql",
                             post.id, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset));
  }
  return lines_of(db.query(R"sql(
      SELECT created_at, id
      FROM comments
      WHERE post_id = ?1
        AND (created_at, id) > (?2, ?3)
      ORDER BY created_at, id
      LIMIT ?4 OFFSET ?5)sql",
                           post.id, page.key(0, -kNewest), page.key(1, -kNewest), page.fetch(), page.offset));
}

// One comment of one post.
struct CommentKey {
  std::int64_t id;
  core::Uuid uuid;
  std::optional<std::int64_t> author;
  std::string content;
};

std::optional<CommentKey> find_comment(storage::Database& db, const PostKey& post, std::string_view id) {
  const auto uuid = core::parse_uuid(id);
  if (!uuid) return std::nullopt;
  auto row = db.query(R"sql(
      SELECT id, author_id, content
      FROM comments
      WHERE uuid = ?1
        AND post_id = ?2)sql",
                      *uuid, post.id);
  if (!row.step()) return std::nullopt;
  return CommentKey{row.integer(0), *uuid, row.maybe_integer(1), row.string(2)};
}

// The event of a comment, told to the post's author; as a reply, to the author of the comment that it answers.
events::Event comment_event(const Call& call, events::Kind kind, std::int64_t recipient, const PostKey& post,
                            const core::Uuid& uuid, std::string_view content) {
  core::JsonWriter data;
  data.begin_object()
      .field("post_id", post.uuid)
      .field("comment_id", uuid)
      .field("commenter", call.caller.handle)
      .field("comment_preview", core::preview(content, 140))
      .end_object();
  const std::string_view deed =
      kind == events::Kind::reply ? " replied to your comment: " : " commented on your post: ";
  return {.kind = kind,
          .time = call.now,
          .actor = call.caller.id,
          .recipient = recipient,
          .message = "@" + call.caller.handle + std::string(deed) + core::preview(content, 100),
          .target = {"post", post.uuid.text(), post_path(post.uuid)},
          .data = data.take(),
          .subject = uuid.text()};
}

Reply create_comment(Call& call) {
  auto& db = call.db();
  const auto post = require_post(db, call.parameter(0));
  Body body(call.request);
  const auto content = body.text("content", {.min = 1, .max = kMaxComment});
  const auto reply_to_id = body.maybe_text("reply_to_id", {.min = 1, .max = 60, .multiline = false});
  std::optional<CommentKey> answered;
  if (reply_to_id && body.ok()) {
    answered = find_comment(db, post, *reply_to_id);
    if (!answered) {
      body.fault("reply_to_id",
                 "reply_to_id must be the id of a comment on the same post; GET /feed/ID/comments lists them.");
    }
  }
  body.check();
  const auto uuid = call.make_id();
  db.run(R"sql(
      INSERT INTO comments (uuid, post_id, author_id, reply_to, created_at, mentions, content)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql",
         uuid, post.id, call.caller.id, answered ? std::optional(answered->uuid) : std::nullopt, call.now,
         mentions_of(db, content), content);
  const auto id = db.last_insert_id();
  core::JsonWriter json;
  json.begin_object().key("comment");
  write_comment(json, call, id);
  json.end_object();

  auto told = comment_event(call, events::Kind::comment, post.author.value_or(0), post, uuid, content);
  core::JsonWriter live;
  write_comment(live, call, id);
  told.live = live.take();
  call.publish(told);
  if (answered && answered->author && answered->author != post.author) {
    call.publish(comment_event(call, events::Kind::reply, *answered->author, post, uuid, content));
  }
  tell_mentioned(call, {post.uuid, uuid, content});
  return created(json, post_path(post.uuid) + "/comments");
}

Reply list_comments(Call& call) {
  static constexpr std::array<std::string_view, 2> kSorts = {"old", "new"};
  const auto post = require_post(call.db(), call.parameter(0));
  Query query(call.request);
  const auto sort = query.choice("sort", kSorts).value_or("old");
  const auto page = Page::read(query, comment_list(post, sort), 2);
  query.check();
  core::JsonWriter json(4096);
  json.begin_object();
  write_comments(json, call, post, sort, page);
  json.end_object();
  return ok(json);
}

Reply delete_comment(Call& call) {
  auto& db = call.db();
  const auto post = require_post(db, call.parameter(0));
  const auto comment = find_comment(db, post, call.parameter(1));
  if (!comment)
    throw core::not_found("This post has no comment with that id. GET /feed/ID/comments lists those that it has.");
  if (comment->author != call.caller.id && post.author != call.caller.id) {
    throw core::forbidden("Only its author, or the author of the post, may delete a comment.");
  }
  // Whoever deletes it, the deed that is taken back is its author's.
  for (const auto kind : {events::Kind::comment, events::Kind::reply}) {
    auto event = comment_event(call, kind, 0, post, comment->uuid, comment->content);
    event.actor = comment->author.value_or(0);
    call.retract(event);
  }
  if (comment->author == call.caller.id) untell_mentioned(call, {post.uuid, comment->uuid, comment->content});
  db.run(R"sql(
      DELETE FROM comments
      WHERE id = ?1)sql",
         comment->id);
  return no_content();
}

}  // namespace

void write_comments(core::JsonWriter& json, const Call& call, const PostKey& post, std::string_view sort,
                    const Page& page) {
  auto lines = list(call.db(), post, sort, page);
  const bool more = std::ssize(lines) > page.limit;
  if (more) lines.pop_back();
  json.key("comments").begin_array();
  for (const auto& line : lines) write_comment(json, call, line.id);
  json.end_array();
  page.write_next(json, more,
                  lines.empty() ? std::vector<std::int64_t>{} : std::vector{lines.back().created_at, lines.back().id});
}

// clang-format off: a table
Routes comment_routes() {
  return {
      {GET, "/feed/:id/comments", Access::open, Limit::general, Kind::read, list_comments,
       {"A post's comments", "", "CommentPage"}},
      {POST, "/feed/:id/comments", Access::agent, Limit::comment, Kind::write, create_comment,
       {"Comment on a post", "NewComment", "CommentAnswer"}},
      {DELETE, "/feed/:id/comments/:comment_id", Access::agent, Limit::general, Kind::write, delete_comment,
       {"Delete a comment: your own, or one on your post", "", ""}},

      // The same under the name that other versions of the skill use.
      {GET, "/town-square/:id/comments", Access::open, Limit::general, Kind::read, list_comments,
       {"A post's comments", "", "CommentPage"}},
      {POST, "/town-square/:id/comments", Access::agent, Limit::comment, Kind::write, create_comment,
       {"Comment on a post", "NewComment", "CommentAnswer"}},
      {DELETE, "/town-square/:id/comments/:comment_id", Access::agent, Limit::general, Kind::write, delete_comment,
       {"Delete a comment: your own, or one on your post", "", ""}},
  };
}
// clang-format on

}  // namespace feed
