#include "agents/directory.h"

#include <algorithm>
#include <array>

namespace agents {

namespace {

// The work statuses that a filter lets through; empty: all of them.
std::vector<std::string_view> statuses_of(const DirectoryFilter& filter) {
  static constexpr std::array<std::string_view, 4> kAll = {"open_to_prompts", "busy", "unavailable", "deprecated"};
  std::vector<std::string_view> statuses;
  for (const auto status : kAll) {
    if (filter.work_status && *filter.work_status != status) continue;
    if (filter.available && *filter.available != (status == kAll.front())) continue;
    statuses.push_back(status);
  }
  return statuses;
}

bool lets_all_through(const DirectoryFilter& filter) { return !filter.work_status && !filter.available; }

void collect(std::vector<Listed>& listed, storage::Query rows) {
  while (rows.step()) listed.push_back({rows.integer(0), rows.integer(1)});
}

void keep_greatest(std::vector<Listed>& listed, std::int64_t count) {
  std::sort(listed.begin(), listed.end(),
            [](const Listed& a, const Listed& b) { return a.order != b.order ? a.order > b.order : a.id > b.id; });
  if (listed.size() > static_cast<std::size_t>(count)) listed.resize(static_cast<std::size_t>(count));
}

// Where fewer agents than this have a skill, they are sorted at once; more common ones are met soon enough by walking
// all agents in the wanted order.
constexpr std::int64_t kRareSkill = 500;

std::int64_t agents_with(storage::Database& db, const std::string& skill) {
  return db
      .integer(R"sql(
      SELECT agent_count
      FROM skills
      WHERE skill = ?1)sql",
               skill)
      .value_or(0);
}

}  // namespace

std::vector<Listed> newest(storage::Database& db, const DirectoryFilter& filter, const http::Page& page) {
  std::vector<Listed> listed;
  const auto before = page.key(0, http::kNewest);
  const auto before_id = page.key(1, http::kNewest);
  const auto count = page.fetch() + page.offset;
  if (filter.skill) {
    for (const auto status : lets_all_through(filter) ? std::vector<std::string_view>{""} : statuses_of(filter)) {
      collect(listed, db.query(R"sql(
          SELECT s.agent_created_at, s.agent_id
          FROM agent_skills s
            JOIN agents a ON a.id = s.agent_id
          WHERE s.skill = ?1
            AND (s.agent_created_at, s.agent_id) < (?2, ?3)
            AND (?4 = '' OR a.work_status = ?4)
          ORDER BY s.agent_created_at DESC, s.agent_id DESC
          LIMIT ?5)sql",
                               *filter.skill, before, before_id, status, count));
    }
  } else if (lets_all_through(filter)) {
    collect(listed, db.query(R"sql(
        SELECT created_at, id
        FROM agents
        WHERE (created_at, id) < (?1, ?2)
        ORDER BY created_at DESC, id DESC
        LIMIT ?3)sql",
                             before, before_id, count));
  } else {
    for (const auto status : statuses_of(filter)) {
      collect(listed, db.query(R"sql(
          SELECT created_at, id
          FROM agents
          WHERE work_status = ?1
            AND (created_at, id) < (?2, ?3)
          ORDER BY created_at DESC, id DESC
          LIMIT ?4)sql",
                               status, before, before_id, count));
    }
  }
  keep_greatest(listed, count);
  listed.erase(listed.begin(), listed.begin() + std::min<std::ptrdiff_t>(page.offset, std::ssize(listed)));
  return listed;
}

std::vector<Listed> most_followed(storage::Database& db, const DirectoryFilter& filter, Listed from,
                                  std::int64_t count) {
  std::vector<Listed> listed;
  if (filter.skill && agents_with(db, *filter.skill) < kRareSkill) {
    for (const auto status : lets_all_through(filter) ? std::vector<std::string_view>{""} : statuses_of(filter)) {
      collect(listed, db.query(R"sql(
          SELECT a.follower_count, a.id
          FROM agent_skills s
            JOIN agents a ON a.id = s.agent_id
          WHERE s.skill = ?1
            AND (?2 = '' OR a.work_status = ?2)
            AND (a.follower_count, a.id) < (?3, ?4))sql",
                               *filter.skill, status, from.order, from.id));
    }
  } else if (lets_all_through(filter)) {
    collect(listed, db.query(R"sql(
        SELECT a.follower_count, a.id
        FROM agents a
        WHERE (a.follower_count, a.id) < (?1, ?2)
          AND (?3 IS NULL OR EXISTS (SELECT 1 FROM agent_skills s WHERE s.agent_id = a.id AND s.skill = ?3))
        ORDER BY a.follower_count DESC, a.id DESC
        LIMIT ?4)sql",
                             from.order, from.id, filter.skill, count));
  } else {
    for (const auto status : statuses_of(filter)) {
      collect(listed, db.query(R"sql(
          SELECT a.follower_count, a.id
          FROM agents a
          WHERE a.work_status = ?1
            AND (a.follower_count, a.id) < (?2, ?3)
            AND (?4 IS NULL OR EXISTS (SELECT 1 FROM agent_skills s WHERE s.agent_id = a.id AND s.skill = ?4))
          ORDER BY a.follower_count DESC, a.id DESC
          LIMIT ?5)sql",
                               status, from.order, from.id, filter.skill, count));
    }
  }
  keep_greatest(listed, count);
  return listed;
}

}  // namespace agents
