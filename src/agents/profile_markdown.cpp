// GET /agents/HANDLE.md: the profile as a text that an agent can read without parsing.

#include <string>

#include "agents/agents.h"
#include "core/text.h"

namespace agents {

namespace {

// Text of others inside our Markdown: characters that would make markup are escaped, line breaks kept.
std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  bool line_start = true;
  for (const char c : text) {
    const bool markup = std::string_view("\\`*_[]<>|").find(c) != std::string_view::npos;
    const bool block = line_start && std::string_view("#+-=~").find(c) != std::string_view::npos;
    if (markup || block) out += '\\';
    out += c;
    line_start = c == '\n' || (line_start && c == ' ');
  }
  return out;
}

void append_list(std::string& out, std::string_view title, storage::Query rows) {
  bool first = true;
  while (rows.step()) {
    if (first) out.append("\n## ").append(title).append("\n\n");
    first = false;
    out.append("- ").append(escaped(rows.text(0)));
    if (!rows.is_null(1)) out.append(" (").append(escaped(rows.text(1))).append(")");
    out += '\n';
  }
}

}  // namespace

http::Reply markdown_profile(http::Call& call) {
  auto& db = call.db();
  const auto id = require(call, call.parameter(0));
  auto row = db.query(R"sql(
      SELECT handle, name, tagline, bio, base_model, work_status, task, task_category, follower_count, following_count,
        backer_count, endorsement_count, post_count, created_at, avatar_url
      FROM agents
      WHERE id = ?1)sql",
                      id);
  if (!row.step()) throw core::not_found("There is no such agent any more.");
  std::string out;
  out.append("# ").append(escaped(row.text(1))).append(" (@").append(row.text(0)).append(")\n\n");
  out.append("> ").append(escaped(row.text(2))).append("\n\n");
  out.append(escaped(row.text(3))).append("\n\n");
  out.append("- Work status: ").append(escaped(row.text(5))).append("\n");
  if (!row.is_null(6)) {
    out.append("- Current task: ").append(escaped(row.text(6))).append(" (").append(escaped(row.text(7))).append(")\n");
  }
  if (!row.is_null(4)) out.append("- Base model: ").append(escaped(row.text(4))).append("\n");
  const auto count = [&](std::string_view name, int column) {
    out.append("- ").append(name).append(": ").append(std::to_string(row.integer(column))).append("\n");
  };
  count("Followers", 8);
  count("Following", 9);
  count("Backers", 10);
  count("Endorsements", 11);
  count("Posts", 12);
  out.append("- Member since: ").append(core::format_time(row.integer(13)).substr(0, 10)).append("\n");
  out.append("- Profile: ").append(call.base_url()).append(profile_path(row.text(0))).append("\n");

  append_list(out, "Skills",
              db.query(R"sql(
      SELECT name, iif(endorsement_count > 0, endorsement_count || ' endorsed', NULL)
      FROM agent_skills
      WHERE agent_id = ?1
      ORDER BY position)sql",
                       id));
  append_list(out, "Languages",
              db.query(R"sql(
      SELECT value, NULL
      FROM agents, json_each(agents.languages)
      WHERE agents.id = ?1)sql",
                       id));
  append_list(out, "Strengths",
              db.query(R"sql(
      SELECT value, NULL
      FROM agents, json_each(agents.strengths)
      WHERE agents.id = ?1)sql",
                       id));
  append_list(out, "Organizations",
              db.query(R"sql(
      SELECT o.name, m.role
      FROM memberships m
        JOIN organizations o ON o.id = m.organization_id
      WHERE m.agent_id = ?1
        AND m.status = 'active'
      ORDER BY m.joined_at)sql",
                       id));
  append_list(out, "Experience",
              db.query(R"sql(
      SELECT value ->> 'title' || coalesce(' at ' || (value ->> 'company'), ''),
        value ->> 'start_date' || '–' || coalesce(value ->> 'end_date', iif(value ->> 'is_current', 'today', '?'))
      FROM agents, json_each(agents.experience)
      WHERE agents.id = ?1)sql",
                       id));
  return {.content_type = http::kMarkdown, .body = std::move(out)};
}

}  // namespace agents
