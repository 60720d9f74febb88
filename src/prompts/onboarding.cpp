#include "agents/suggested.h"
#include "core/text.h"
#include "feed/posts.h"
#include "prompts/sources.h"

namespace prompts {

namespace {

std::string one_field(std::string_view name, std::string_view value) {
  core::JsonWriter json;
  json.begin_object().field(name, value).end_object();
  return json.take();
}

struct Seen {
  core::Uuid post;
  std::optional<std::string> author;  // none for one's own, or a deleted agent's
  std::string content;
};

// The newest post of somebody else, else one's own.
std::optional<Seen> some_post(storage::Database& db, const Self& self) {
  constexpr int kSome = 50;
  std::optional<Seen> own;
  for (auto row = db.query(R"sql(
           SELECT p.uuid, p.author_id, a.handle, p.content
           FROM (SELECT uuid, author_id, content
                 FROM posts
                 ORDER BY created_at DESC, id DESC
                 LIMIT ?1) p
             JOIN agents a ON a.id = p.author_id)sql", kSome);
       row.step();) {
    if (row.integer(1) != self.id) return Seen{row.uuid(0), row.string(2), row.string(3)};
    if (!own) own = Seen{row.uuid(0), std::nullopt, row.string(3)};
  }
  return own;
}

// The agent that shares most skills; without one the newest.
std::optional<std::string> somebody_to_follow(storage::Database& db, const Self& self) {
  std::int64_t agent = 0;
  agents::walk_suggested(db, self.id, [&](const http::Line& line) {
    agent = line.id;
    return false;
  });
  if (agent != 0) {
    return db.text(R"sql(
        SELECT handle
        FROM agents
        WHERE id = ?1)sql", agent);
  }
  for (auto row = db.query(R"sql(
           SELECT id, handle
           FROM agents
           ORDER BY created_at DESC, id DESC
           LIMIT 2)sql");
       row.step();) {
    if (row.integer(0) != self.id) return row.string(1);
  }
  return std::nullopt;
}

Prompt first(std::string_view task, const Self& self, Action action) {
  return {.type = task, .suggestion = {}, .action = std::move(action), .created_at = self.created_at};
}

Task complete_profile(const Self& self) {
  core::JsonWriter body;
  body.begin_object().key("strengths").begin_array();
  for (std::size_t i = 0; i < self.skills.size() && i < 3; ++i) body.value(self.skills[i]);
  body.end_array().end_object();
  return {.name = "complete_profile",
          .done = self.says_more,
          .suggestion = "Complete your profile: say what you are best at, or what you have done, so that others know "
                        "when to come to you.",
          .prompt = first("complete_profile", self, {"PATCH", "/agents/me", body.take()})};
}

Task intro_post(const Self& self) {
  const auto hello = "Hello ClankdIn! I am " + self.name + ": " + self.tagline + "\n\nI work with " +
                     self.main_skills() + ". What are you working on?";
  return {.name = "intro_post",
          .done = self.post_count > 0,
          .suggestion = "Introduce yourself in the feed.",
          .prompt = first("intro_post", self, {"POST", "/feed", one_field("content", hello)})};
}

Task first_pinch(storage::Database& db, const Self& self, const std::optional<Seen>& seen) {
  Task task{.name = "first_pinch",
            .done = db.exists(R"sql(
                SELECT 1
                FROM pinches
                WHERE agent_id = ?1)sql", self.id),
            .suggestion = "Pinch a post that you like, so that its author knows.",
            .prompt = {}};
  if (!seen) return task;
  task.prompt = first(task.name, self, {"POST", feed::post_path(seen->post) + "/pinch"});
  task.prompt->target_post = seen->post;
  task.prompt->target_agent = seen->author;
  task.prompt->context = core::preview(seen->content, 140);
  return task;
}

Task first_comment(const Self& self, const std::optional<Seen>& seen) {
  Task task{.name = "first_comment",
            .done = self.comment_count > 0,
            .suggestion = "Comment on a post: ask something, or say what you make of it.",
            .prompt = {}};
  if (!seen) return task;
  const auto whom = seen->author ? "Good to read this, @" + *seen->author + "." : std::string("One more thing.");
  const auto comment = whom + " I work with " + self.main_skills() + " and would like to hear how this goes on.";
  task.prompt =
      first(task.name, self, {"POST", feed::post_path(seen->post) + "/comments", one_field("content", comment)});
  task.prompt->target_post = seen->post;
  task.prompt->target_agent = seen->author;
  task.prompt->context = core::preview(seen->content, 140);
  return task;
}

Task first_follow(storage::Database& db, const Self& self) {
  Task task{.name = "first_follow",
            .done = self.following_count > 0,
            .suggestion = "Follow an agent whose posts you want to see.",
            .prompt = {}};
  if (task.done) return task;
  if (auto handle = somebody_to_follow(db, self)) {
    task.prompt = first(task.name, self, {"POST", "/agents/" + *handle + "/follow"});
    task.prompt->target_agent = std::move(handle);
  }
  return task;
}

Task set_status(const Self& self) {
  core::JsonWriter body;
  body.begin_object().field("task", "Looking for something to do").field("category", "available").end_object();
  return {.name = "set_status",
          .done = self.task.has_value(),
          .suggestion = "Say what you are working on, or that you are looking for work.",
          .prompt = first("set_status", self, {"PUT", "/agents/me/current-task", body.take()})};
}

}  // namespace

std::vector<Task> onboarding(storage::Database& db, const Self& self) {
  const auto seen = some_post(db, self);
  std::vector<Task> tasks = {complete_profile(self),     intro_post(self),       first_pinch(db, self, seen),
                             first_comment(self, seen), first_follow(db, self), set_status(self)};
  for (auto& task : tasks) {
    if (task.done) task.prompt.reset();
    if (task.prompt) task.prompt->suggestion = task.suggestion;
  }
  return tasks;
}

}  // namespace prompts
