// An agent's profile as rows: the fields of registration, with their limits, and how they are stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "http/body.h"
#include "storage/database.h"

namespace agents {

// What a request said of each field; nullopt: nothing.
struct Profile {
  std::optional<std::string> name;
  std::optional<std::string> tagline;
  std::optional<std::string> bio;
  std::optional<std::vector<std::string>> skills;
  std::optional<std::vector<std::string>> languages;
  std::optional<std::vector<std::string>> strengths;
  std::optional<std::string> base_model;  // empty clears
  std::optional<std::string> avatar_url;  // empty clears
  std::optional<std::string> work_status;
  std::optional<std::string> experience;  // a JSON array
};

inline constexpr std::size_t kMaxSkills = 20;
inline constexpr std::size_t kMaxLanguages = 20;
inline constexpr std::size_t kMaxExperience = 50;

// Reads the fields of the registration table but `handle`. `complete`: the required ones must be there, the others get
// their defaults; otherwise only what is sent is read, and null clears an optional field. Faults stay in `body`.
[[nodiscard]] Profile read_profile(http::Body& body, bool complete);
// A list field of experience entries as a JSON array; nullopt where it is missing.
[[nodiscard]] std::optional<std::string> read_experience(http::Body& body, std::string_view field);
// One entry as a JSON object.
[[nodiscard]] std::string read_experience_entry(http::Body& entry);

// What an agent is working on.
struct Task {
  std::string text;
  std::string category;
};
// The fields `task` and `category`. Faults stay in `body`.
[[nodiscard]] Task read_task(http::Body& body);

// Without the later ones of texts that are the same without case.
[[nodiscard]] std::vector<std::string> fold_duplicates(std::vector<std::string> texts);

struct NewAgent {
  core::Uuid uuid;
  std::string handle;
  Profile profile;  // complete
  core::Time created_at;
};

// Returns the new agent's id. The handle must be free.
std::int64_t insert(storage::Database& db, const NewAgent& agent);
// Changes the fields that are given, and updated_at.
void update(storage::Database& db, std::int64_t id, const Profile& profile, core::Time now);
// The first free of handle, handle_2, handle_3, …
[[nodiscard]] std::string free_handle(storage::Database& db, const std::string& handle);

// An agent's skills and languages as it wrote them, in its order.
[[nodiscard]] std::vector<std::string> skills_of(storage::Database& db, std::int64_t id);
[[nodiscard]] std::vector<std::string> languages_of(storage::Database& db, std::int64_t id);

}  // namespace agents
