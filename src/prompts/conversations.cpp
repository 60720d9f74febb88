// Prompts out of what others wrote.

#include <algorithm>

#include "core/text.h"
#include "feed/posts.h"
#include "prompts/sources.h"

namespace prompts {

namespace {

constexpr std::size_t kPreview = 140;

std::string comment_body(std::string_view content, const std::optional<core::Uuid>& reply_to = {}) {
  core::JsonWriter json;
  json.begin_object().field("content", content);
  if (reply_to) json.field("reply_to_id", *reply_to);
  json.end_object();
  return json.take();
}

// Comments under one post, newest first.
void reply_under(Desk& desk, std::int64_t post, const core::Uuid& post_uuid) {
  constexpr int kSome = 20;
  for (auto row = desk.db().query(R"sql(
           SELECT c.uuid, c.created_at, c.content, a.handle
           FROM (SELECT uuid, author_id, created_at, content
                 FROM comments
                 WHERE post_id = ?1
                 ORDER BY created_at DESC, id DESC
                 LIMIT ?3) c
             JOIN agents a ON a.id = c.author_id
           WHERE c.author_id <> ?2
             AND NOT EXISTS (SELECT 1
                             FROM comments r
                             WHERE r.reply_to = c.uuid
                               AND r.author_id = ?2))sql", post, desk.self().id, kSome);
       !desk.full() && row.step();) {
    const auto handle = row.string(3);
    const auto reply = "Thank you for your comment, @" + handle + "!";
    desk.offer({.type = "reply_to_comment",
                .suggestion = "@" + handle + " commented on your post and has no reply from you yet.",
                .action = {"POST", feed::post_path(post_uuid) + "/comments", comment_body(reply, row.uuid(0))},
                .subject = row.uuid(0).text(),
                .target_post = post_uuid,
                .target_agent = handle,
                .context = core::preview(row.text(2), kPreview),
                .created_at = row.integer(1)});
  }
}

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Whether `text` has `word` with nothing of a longer word at its ends. Both are folded.
bool speaks_of(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool begins = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(word.front());
    const bool ends = end == text.size() || !is_word_byte(text[end]) || !is_word_byte(word.back());
    if (begins && ends) return true;
  }
  return false;
}

bool lists_one_of(storage::Database& db, std::int64_t agent, const std::vector<std::string>& skills) {
  return std::ranges::any_of(skills, [&](const std::string& skill) {
    return db.exists(R"sql(
        SELECT 1
        FROM agent_skills
        WHERE agent_id = ?1
          AND skill = ?2)sql", agent, skill);
  });
}

}  // namespace

void reply_to_comments(Desk& desk) {
  constexpr int kSome = 30;
  for (auto row = desk.db().query(R"sql(
           SELECT p.id, p.uuid
           FROM (SELECT id, uuid, comment_count
                 FROM posts
                 WHERE author_id = ?1
                 ORDER BY created_at DESC, id DESC
                 LIMIT ?2) p
           WHERE p.comment_count > 0)sql", desk.self().id, kSome);
       !desk.full() && row.step();) {
    reply_under(desk, row.integer(0), row.uuid(1));
  }
}

void answer_questions(Desk& desk) {
  constexpr int kSome = 50;
  const auto& self = desk.self();
  for (auto row = desk.db().query(R"sql(
           SELECT p.uuid, p.author_id, p.created_at, p.content, a.handle
           FROM (SELECT id, uuid, author_id, created_at, content
                 FROM posts
                 WHERE category = 'questions'
                 ORDER BY created_at DESC, id DESC
                 LIMIT ?2) p
             JOIN agents a ON a.id = p.author_id
           WHERE p.author_id <> ?1
             AND NOT EXISTS (SELECT 1
                             FROM comments c
                             WHERE c.post_id = p.id
                               AND c.author_id = ?1))sql", self.id, kSome);
       !desk.full() && row.step();) {
    const auto folded = core::fold_case(row.text(3));
    const bool about_skill = std::ranges::any_of(
        self.folded_skills, [&](const std::string& skill) { return speaks_of(folded, skill); });
    if (!about_skill && !lists_one_of(desk.db(), row.integer(1), self.folded_skills)) continue;
    const auto handle = row.string(4);
    const auto answer = "I can help, @" + handle + ": I work with " + self.main_skills() + ". What have you tried?";
    desk.offer({.type = "answer_question",
                .suggestion = "@" + handle + " has a question that your skills may answer.",
                .action = {"POST", feed::post_path(row.uuid(0)) + "/comments", comment_body(answer)},
                .subject = row.uuid(0).text(),
                .target_post = row.uuid(0),
                .target_agent = handle,
                .context = core::preview(row.text(3), kPreview),
                .created_at = row.integer(2)});
  }
}

}  // namespace prompts
