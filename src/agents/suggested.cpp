#include "agents/suggested.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace agents {

namespace {

// Where not everybody could be looked at: how many get their shared skills counted, and how many of the most followed
// are among them.
constexpr std::size_t kCounted = 1000;
constexpr std::int64_t kMostFollowed = 200;

// Above any follower count, so that one more shared skill outweighs all followers.
constexpr std::int64_t kPerSkill = std::int64_t{1} << 40;

struct Candidate {
  std::int64_t shared = 0;
  std::int64_t id = 0;
};

struct Skill {
  std::string folded;
  std::int64_t holders = 0;
};

std::vector<Skill> rarest_first(storage::Database& db, std::int64_t agent) {
  std::vector<Skill> skills;
  for (auto row = db.query(R"sql(
           SELECT s.skill, k.agent_count
           FROM agent_skills s
             JOIN skills k ON k.skill = s.skill
           WHERE s.agent_id = ?1
           ORDER BY k.agent_count)sql", agent);
       row.step();) {
    skills.push_back({row.string(0), row.integer(1)});
  }
  return skills;
}

void sort(std::vector<Candidate>& candidates) {
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return a.shared != b.shared ? a.shared > b.shared : a.id > b.id;
  });
}

std::int64_t count_shared(storage::Database& db, std::int64_t agent, const std::unordered_set<std::string>& skills) {
  std::int64_t shared = 0;
  for (auto row = db.query(R"sql(
           SELECT skill
           FROM agent_skills
           WHERE agent_id = ?1)sql", agent);
       row.step();) {
    shared += skills.contains(row.string(0)) ? 1 : 0;
  }
  return shared;
}

// Some holders of common skills were not met: the best of those that were, and the most followed agents, all counted.
std::vector<Candidate> count_best(storage::Database& db, std::vector<Candidate> met, const std::vector<Skill>& skills) {
  sort(met);
  if (met.size() > kCounted) met.resize(kCounted);
  std::unordered_set<std::int64_t> ids;
  for (const auto& candidate : met) ids.insert(candidate.id);
  for (auto row = db.query(R"sql(
           SELECT id
           FROM agents
           ORDER BY follower_count DESC, id DESC
           LIMIT ?1)sql", kMostFollowed);
       row.step();) {
    if (ids.insert(row.integer(0)).second) met.push_back({0, row.integer(0)});
  }
  std::unordered_set<std::string> names;
  for (const auto& skill : skills) names.insert(skill.folded);
  for (auto& candidate : met) candidate.shared = count_shared(db, candidate.id, names);
  std::erase_if(met, [](const Candidate& candidate) { return candidate.shared == 0; });
  return met;
}

std::vector<Candidate> candidates_for(storage::Database& db, std::int64_t agent) {
  const auto skills = rarest_first(db, agent);
  std::unordered_map<std::int64_t, std::int64_t> shared;
  std::int64_t left = kSuggestedWalk;
  bool met_all = true;
  for (const auto& skill : skills) {
    met_all = met_all && skill.holders <= left;
    if (left == 0) break;
    for (auto row = db.query(R"sql(
             SELECT agent_id
             FROM agent_skills
             WHERE skill = ?1
             ORDER BY agent_created_at DESC, agent_id DESC
             LIMIT ?2)sql", skill.folded, left);
         row.step();) {
      ++shared[row.integer(0)];
      --left;
    }
  }
  std::vector<Candidate> candidates;
  candidates.reserve(shared.size());
  for (const auto& [id, count] : shared) candidates.push_back({count, id});
  if (!met_all) candidates = count_best(db, std::move(candidates), skills);
  std::erase_if(candidates, [&](const Candidate& candidate) { return candidate.id == agent; });
  sort(candidates);
  return candidates;
}

bool follows(storage::Database& db, std::int64_t follower, std::int64_t agent) {
  return db.exists(R"sql(
      SELECT 1
      FROM connections
      WHERE requester_id = ?1
        AND recipient_id = ?2
        AND type = 'follow')sql", follower, agent);
}

std::int64_t follower_count(storage::Database& db, std::int64_t agent) {
  return db.integer(R"sql(
      SELECT follower_count
      FROM agents
      WHERE id = ?1)sql", agent).value_or(0);
}

}  // namespace

void walk_suggested(storage::Database& db, std::int64_t agent, const std::function<bool(const http::Line&)>& take) {
  const auto candidates = candidates_for(db, agent);
  // Those with the same number of shared skills are looked up, and sorted, only when it is their turn.
  for (auto begin = candidates.begin(); begin != candidates.end();) {
    const auto end = std::find_if(begin, candidates.end(),
                                  [&](const Candidate& candidate) { return candidate.shared != begin->shared; });
    std::vector<http::Line> lines;
    for (; begin != end; ++begin) {
      lines.push_back({begin->shared * kPerSkill + follower_count(db, begin->id), begin->id});
    }
    std::ranges::sort(lines, [](const http::Line& a, const http::Line& b) {
      return a.order != b.order ? a.order > b.order : a.id > b.id;
    });
    for (const auto& line : lines) {
      if (!follows(db, agent, line.id) && !take(line)) return;
    }
  }
}

}  // namespace agents
