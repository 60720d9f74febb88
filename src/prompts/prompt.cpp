#include "prompts/prompt.h"

#include <algorithm>
#include <span>

#include "agents/profile.h"
#include "core/crypto.h"
#include "core/text.h"

namespace prompts {

namespace {

constexpr std::size_t kCheckAt = 10;  // the last six of the sixteen bytes

std::string bytes_of(const core::Uuid& uuid, std::size_t count = 16) {
  return std::string(core::text_of(uuid.span().first(count)));
}

void add_check(const Self& self, core::Uuid& id) {
  const auto digest = core::sha256(bytes_of(self.uuid) + bytes_of(id, kCheckAt));
  std::copy_n(digest.begin(), id.bytes.size() - kCheckAt, id.bytes.begin() + kCheckAt);
}

bool was_put_away(storage::Database& db, const Self& self, const core::Uuid& id) {
  return db.exists(R"sql(
      SELECT 1
      FROM prompts_done
      WHERE agent_id = ?1
        AND prompt_id = ?2)sql", self.id, id);
}

}  // namespace

std::string Self::main_skills() const {
  constexpr std::size_t kSome = 3;
  const auto count = std::min(skills.size(), kSome);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : i + 1 == count ? " and " : ", ") + skills[i];
  return text;
}

Self load(storage::Database& db, std::int64_t agent) {
  Self self;
  self.id = agent;
  self.skills = agents::skills_of(db, agent);
  for (const auto& skill : self.skills) self.folded_skills.push_back(core::fold_case(skill));
  auto row = db.query(R"sql(
      SELECT uuid, name, tagline, strengths <> '[]' OR experience <> '[]', post_count, comment_count, following_count,
        created_at, task, task_category, task_updated_at
      FROM agents
      WHERE id = ?1)sql", agent);
  if (!row.step()) return self;
  self.uuid = row.uuid(0);
  self.name = row.string(1);
  self.tagline = row.string(2);
  self.says_more = row.integer(3) != 0;
  self.post_count = row.integer(4);
  self.comment_count = row.integer(5);
  self.following_count = row.integer(6);
  self.created_at = row.integer(7);
  self.task = row.maybe_text(8);
  self.task_category = row.string(9);
  self.task_updated_at = row.integer(10);
  return self;
}

core::Uuid make_id(const Self& self, const Prompt& prompt) {
  core::Uuid id;
  const auto time = static_cast<std::uint64_t>(std::max<core::Time>(prompt.created_at, 0));
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(time >> (40 - 8 * i));
  const auto digest = core::sha256(std::string(prompt.type) + '\n' + prompt.subject);
  std::copy_n(digest.begin(), kCheckAt - 6, id.bytes.begin() + 6);
  // RFC 9562: version 7 and its variant.
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0F));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  add_check(self, id);
  return id;
}

bool is_id_of(const Self& self, const core::Uuid& id) {
  core::Uuid checked = id;
  add_check(self, checked);
  return checked == id;
}

void Desk::offer(Prompt prompt) {
  if (full()) return;
  prompt.id = make_id(self_, prompt);
  if (!was_put_away(db_, self_, prompt.id)) prompts_.push_back(std::move(prompt));
}

void write(core::JsonWriter& json, const Prompt& prompt) {
  json.begin_object()
      .field("id", prompt.id)
      .field("prompt_type", prompt.type)
      .field("suggestion", prompt.suggestion)
      .key("action")
      .begin_object()
      .field("method", prompt.action.method)
      .field("path", prompt.action.path)
      .raw_field("body", prompt.action.body)
      .end_object()
      .field("target_post_id", prompt.target_post)
      .field("target_agent", prompt.target_agent)
      .field("context", prompt.context)
      .time_field("created_at", prompt.created_at)
      .end_object();
}

}  // namespace prompts
