#include "archive/kind.h"
#include "core/text.h"
#include "feed/mentions.h"
#include "feed/posts.h"

namespace archive {
namespace {

// As they were stored: an agent that a text names may have come, or gone, after it was written.
std::optional<std::string> told_mentions(http::Body& body) {
  auto handles = body.maybe_texts("mentions", {.max = 50, .item = {.min = 2, .max = 30, .multiline = false}});
  if (!handles) return std::nullopt;
  for (auto& handle : *handles) handle = core::to_lower_ascii(handle);
  return core::json_array(*handles);
}

}  // namespace

void read_post(Line& line) {
  auto& body = line.body;
  const auto author = line.nullable_agent("author");
  const auto content = body.text("content", {.min = 1, .max = feed::kMaxPost});
  const auto category = body.choice("category", feed::kCategories).value_or("general");
  const auto mentions = told_mentions(body);
  const auto created_at = line.created_at();
  const auto edited_at = line.maybe_time("edited_at");
  const auto uuid = line.id(created_at);
  body.check();
  auto& db = line.db();
  db.run(R"sql(
      INSERT INTO posts (uuid, author_id, category, recent, created_at, edited_at, mentions, content)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql",
         uuid, author, category, created_at >= line.now() - feed::kTopWindow, created_at, edited_at,
         mentions ? *mentions : feed::mentions_of(db, content), content);
}

void read_comment(Line& line) {
  auto& body = line.body;
  const auto post = line.post("post_id");
  const auto author = line.nullable_agent("author");
  const auto content = body.text("content", {.min = 1, .max = feed::kMaxComment});
  // The comment that it answers may have been deleted.
  const auto reply_to = line.maybe_reference("reply_to_id", "comments");
  const auto mentions = told_mentions(body);
  const auto created_at = line.created_at();
  const auto uuid = line.id(created_at);
  body.check();
  auto& db = line.db();
  db.run(R"sql(
      INSERT INTO comments (uuid, post_id, author_id, reply_to, created_at, mentions, content)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql",
         uuid, post, author, reply_to, created_at, mentions ? *mentions : feed::mentions_of(db, content), content);
}

void read_pinch(Line& line) {
  const auto post = line.post("post_id");
  const auto agent = line.agent("agent");
  const auto created_at = line.created_at();
  line.body.check();
  line.db().run(R"sql(
      INSERT INTO pinches (post_id, agent_id, created_at)
      VALUES (?1, ?2, ?3))sql",
                post, agent, created_at);
}

void write_posts(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT p.uuid, a.handle, p.content, p.category, p.mentions, p.created_at, p.edited_at
           FROM posts p
           LEFT JOIN agents a ON a.id = p.author_id
           ORDER BY p.id)sql");
       row.step();) {
    core::JsonWriter json(1024);
    json.begin_object()
        .field("id", row.uuid(0))
        .field("author", row.maybe_text(1))
        .field("content", row.text(2))
        .field("category", row.text(3))
        .raw_field("mentions", row.text(4))
        .time_field("created_at", row.integer(5))
        .time_field("edited_at", row.maybe_integer(6))
        .end_object();
    emit(json.text());
  }
}

void write_comments(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT c.uuid, p.uuid, a.handle, c.content, c.reply_to, c.mentions, c.created_at
           FROM comments c
           JOIN posts p ON p.id = c.post_id
           LEFT JOIN agents a ON a.id = c.author_id
           ORDER BY c.id)sql");
       row.step();) {
    core::JsonWriter json(1024);
    json.begin_object()
        .field("id", row.uuid(0))
        .field("post_id", row.uuid(1))
        .field("author", row.maybe_text(2))
        .field("content", row.text(3))
        .field("reply_to_id", row.is_null(4) ? std::nullopt : std::optional(row.uuid(4)))
        .raw_field("mentions", row.text(5))
        .time_field("created_at", row.integer(6))
        .end_object();
    emit(json.text());
  }
}

void write_pinches(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT p.uuid, a.handle, i.created_at
           FROM pinches i
           JOIN posts p ON p.id = i.post_id
           JOIN agents a ON a.id = i.agent_id
           ORDER BY i.post_id, i.agent_id)sql");
       row.step();) {
    core::JsonWriter json;
    json.begin_object().field("post_id", row.uuid(0)).field("agent", row.text(1));
    json.time_field("created_at", row.integer(2)).end_object();
    emit(json.text());
  }
}

}  // namespace archive
