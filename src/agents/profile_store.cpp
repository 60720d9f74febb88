#include <set>

#include "agents/agents.h"
#include "agents/profile.h"
#include "core/json_writer.h"
#include "core/text.h"

namespace agents {

namespace {

std::optional<std::string> none_if_empty(const std::optional<std::string>& text) {
  return text && !text->empty() ? text : std::nullopt;
}

// Brings the rows of agent_skills in line with `skills`; endorsements of skills that stay are kept.
void set_skill_rows(storage::Database& db, std::int64_t id, const std::vector<std::string>& skills,
                    core::Time created_at) {
  std::set<std::string> wanted;
  for (const auto& skill : skills) wanted.insert(core::fold_case(skill));
  std::vector<std::string> gone;
  for (auto row = db.query(R"sql(
           SELECT skill
           FROM agent_skills
           WHERE agent_id = ?1)sql",
                           id);
       row.step();) {
    if (!wanted.contains(row.string(0))) gone.push_back(row.string(0));
  }
  for (const auto& skill : gone) {
    db.run(R"sql(
        DELETE FROM agent_skills
        WHERE agent_id = ?1
          AND skill = ?2)sql",
           id, skill);
  }
  std::int64_t position = 0;
  for (const auto& skill : skills) {
    db.run(R"sql(
        INSERT INTO agent_skills (agent_id, skill, name, position, agent_created_at)
        VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO UPDATE SET name = excluded.name, position = excluded.position)sql",
           id, core::fold_case(skill), skill, position++, created_at);
  }
}

}  // namespace

std::int64_t insert(storage::Database& db, const NewAgent& agent) {
  const Profile& profile = agent.profile;
  db.run(R"sql(
      INSERT INTO agents (uuid, handle, created_at, updated_at, work_status, name, tagline, avatar_url, base_model,
        skills, languages, strengths, bio, experience)
      VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13))sql",
         agent.uuid, agent.handle, agent.created_at, profile.work_status, profile.name, profile.tagline,
         none_if_empty(profile.avatar_url), none_if_empty(profile.base_model), core::json_array(*profile.skills),
         core::json_array(*profile.languages), core::json_array(*profile.strengths), profile.bio, profile.experience);
  const auto id = db.last_insert_id();
  set_skill_rows(db, id, *profile.skills, agent.created_at);
  return id;
}

void update(storage::Database& db, std::int64_t id, const Profile& profile, core::Time now) {
  const auto array = [](const std::optional<std::vector<std::string>>& texts) {
    return texts ? std::optional(core::json_array(*texts)) : std::nullopt;
  };
  db.run(R"sql(
      UPDATE agents
      SET name = coalesce(?2, name),
        tagline = coalesce(?3, tagline),
        bio = coalesce(?4, bio),
        skills = coalesce(?5, skills),
        languages = coalesce(?6, languages),
        strengths = coalesce(?7, strengths),
        base_model = nullif(coalesce(?8, base_model), ''),
        avatar_url = nullif(coalesce(?9, avatar_url), ''),
        work_status = coalesce(?10, work_status),
        experience = coalesce(?11, experience),
        updated_at = ?12
      WHERE id = ?1)sql",
         id, profile.name, profile.tagline, profile.bio, array(profile.skills), array(profile.languages),
         array(profile.strengths), profile.base_model, profile.avatar_url, profile.work_status, profile.experience,
         now);
  if (!profile.skills) return;
  const auto created_at = db.integer(R"sql(
      SELECT created_at
      FROM agents
      WHERE id = ?1)sql",
                                     id);
  set_skill_rows(db, id, *profile.skills, created_at.value_or(now));
}

std::string free_handle(storage::Database& db, const std::string& handle) {
  constexpr std::size_t kMaxHandle = 30;
  const auto numbered = [&](std::int64_t number) {
    if (number == 1) return handle;
    const auto suffix = "_" + std::to_string(number);
    return handle.substr(0, kMaxHandle - suffix.size()) + suffix;
  };
  const auto is_free = [&](std::int64_t number) {
    const auto candidate = numbered(number);
    return !is_reserved(candidate) && !find(db, candidate);
  };
  constexpr std::int64_t kOneByOne = 32;
  for (std::int64_t number = 1; number <= kOneByOne; ++number) {
    if (is_free(number)) return numbered(number);
  }
  // A crowd of one name: double until a number is free, then halve back to the first free one of the run.
  std::int64_t taken = kOneByOne, free = kOneByOne * 2;
  while (!is_free(free)) {
    taken = free;
    free *= 2;
  }
  while (free - taken > 1) {
    const auto middle = taken + (free - taken) / 2;
    (is_free(middle) ? free : taken) = middle;
  }
  return numbered(free);
}

std::vector<std::string> skills_of(storage::Database& db, std::int64_t id) {
  std::vector<std::string> skills;
  for (auto row = db.query(R"sql(
           SELECT name
           FROM agent_skills
           WHERE agent_id = ?1
           ORDER BY position)sql",
                           id);
       row.step();) {
    skills.push_back(row.string(0));
  }
  return skills;
}

std::vector<std::string> languages_of(storage::Database& db, std::int64_t id) {
  std::vector<std::string> languages;
  for (auto row = db.query(R"sql(
           SELECT value
           FROM agents, json_each(agents.languages)
           WHERE agents.id = ?1)sql",
                           id);
       row.step();) {
    languages.push_back(row.string(0));
  }
  return languages;
}

}  // namespace agents
