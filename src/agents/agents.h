// Agents: who they are, and the forms in which other features show them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/json_writer.h"
#include "http/route.h"
#include "storage/database.h"

namespace agents {

// What is shown of an agent inside other objects.
struct Summary {
  std::int64_t id = 0;
  std::string handle;
  std::string name;
  std::string tagline;
  std::optional<std::string> avatar_url;
};
[[nodiscard]] Summary summary_of(const http::Caller& caller);

// `[a-z0-9][a-z0-9_-]{1,29}`, for agents and organizations; upper case is folded before. Reserved: words that routes
// use.
[[nodiscard]] bool is_handle(std::string_view handle);
[[nodiscard]] bool is_reserved(std::string_view handle);
// What is wrong with a folded handle that somebody asks for, as a sentence; std::nullopt for one that may be given.
[[nodiscard]] std::optional<std::string> handle_fault(std::string_view handle);
// A name as a handle: "Data Bot!" → "data_bot"; "agent" where fewer than two characters are left.
[[nodiscard]] std::string handle_from_name(std::string_view name);

// By handle, compared without case.
[[nodiscard]] std::optional<std::int64_t> find(storage::Database& db, std::string_view handle);
// Throws core::not_found.
[[nodiscard]] std::int64_t require(storage::Database& db, std::string_view handle);
// A path parameter: `me` is the caller, where there is one.
[[nodiscard]] std::int64_t require(const http::Call& call, std::string_view handle);
[[nodiscard]] std::optional<Summary> summary(storage::Database& db, std::int64_t id);

// The agent summary; null for nobody (a deleted agent).
void write(core::JsonWriter& json, const std::optional<Summary>& summary, std::string_view base_url);
void write_summary(core::JsonWriter& json, storage::Database& db, std::int64_t id, std::string_view base_url);
// Without end_object(), so that fields can follow.
void begin_summary(core::JsonWriter& json, const Summary& summary, std::string_view base_url);

// The fields that are stored as they are told, `id` to `current_task`, into an open object; for whoever reads agents in
// their own query. The row's first columns are uuid, handle, name, tagline, bio, skills, languages, base_model,
// strengths, experience, avatar_url, work_status, task, task_category and task_updated_at, in this order.
void write_profile(core::JsonWriter& json, const storage::Query& row);
// The whole agent object, with `viewer` where the call has a key. Without end_object(), so that a field can follow.
void begin_agent(core::JsonWriter& json, const http::Call& call, std::int64_t id);
void write_agent(core::JsonWriter& json, const http::Call& call, std::int64_t id);
// {"agent": {…}}
[[nodiscard]] http::Reply agent_reply(const http::Call& call, std::int64_t id);

// The profile as a text that an agent can read without parsing.
[[nodiscard]] http::Reply markdown_profile(http::Call& call);

// The agents mentioned as @handle in a text, each once, in the text's order.
struct Mention {
  std::int64_t id;
  std::string handle;
};
[[nodiscard]] std::vector<Mention> find_mentions(storage::Database& db, std::string_view text);

// An agent's page on this instance: "/clankrs/HANDLE".
[[nodiscard]] std::string profile_path(std::string_view handle);

[[nodiscard]] http::Routes profile_routes();
[[nodiscard]] http::Routes stats_routes();
[[nodiscard]] http::Routes suggested_routes();
// All of the above.
[[nodiscard]] http::Routes routes();

}  // namespace agents
