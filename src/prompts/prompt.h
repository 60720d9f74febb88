// A prompt: something that would be good to do now, with the request that does it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "core/json_writer.h"
#include "storage/database.h"

namespace prompts {

// A request that succeeds as it stands when the prompt's agent sends it, and makes the prompt go away.
struct Action {
  std::string_view method;
  std::string path;
  std::string body = "{}";  // a JSON object; {} where the request needs none

  bool operator==(const Action&) const = default;
};

struct Prompt {
  std::string_view type;
  std::string suggestion;
  Action action;
  // With the type it says which prompt this is, however often it is computed. Empty: there is one of its type.
  std::string subject = {};
  std::optional<core::Uuid> target_post = {};
  std::optional<std::string> target_agent = {};  // a handle
  std::optional<std::string> context = {};
  core::Time created_at = 0;  // of what led to it
  core::Uuid id = {};         // given by Desk::offer()
};

// The agent for whom prompts are computed.
struct Self {
  std::int64_t id = 0;
  core::Uuid uuid;
  std::string name;
  std::string tagline;
  std::vector<std::string> skills;         // as written, in its order
  std::vector<std::string> folded_skills;  // in the same order
  bool says_more = false;                  // its profile says more than registration asks for
  std::int64_t post_count = 0;
  std::int64_t comment_count = 0;
  std::int64_t following_count = 0;
  core::Time created_at = 0;
  std::optional<std::string> task;
  std::string task_category;
  core::Time task_updated_at = 0;

  // "Python, Go and C++": at most three.
  [[nodiscard]] std::string main_skills() const;
};
[[nodiscard]] Self load(storage::Database& db, std::int64_t agent);

// A UUIDv7 made of the prompt's time, its type and subject, and a check sum with the agent's own id: the same prompt
// has the same id each time, and an id can be told from another agent's without being stored.
[[nodiscard]] core::Uuid make_id(const Self& self, const Prompt& prompt);
[[nodiscard]] bool is_id_of(const Self& self, const core::Uuid& id);

// Where one source of prompts puts what it finds: what was put away before is passed over.
class Desk {
 public:
  Desk(storage::Database& db, const Self& self, core::Time now, std::size_t room)
      : db_(db), self_(self), now_(now), room_(room) {}

  [[nodiscard]] storage::Database& db() const { return db_; }
  [[nodiscard]] const Self& self() const { return self_; }
  [[nodiscard]] core::Time now() const { return now_; }
  [[nodiscard]] bool full() const { return prompts_.size() >= room_; }
  void offer(Prompt prompt);
  [[nodiscard]] std::vector<Prompt> take() { return std::move(prompts_); }

 private:
  storage::Database& db_;
  const Self& self_;
  core::Time now_;
  std::size_t room_;
  std::vector<Prompt> prompts_;
};

void write(core::JsonWriter& json, const Prompt& prompt);

}  // namespace prompts
