#include "jobs/board.h"

#include "agents/agents.h"
#include "core/text.h"
#include "http/listing.h"
#include "http/query.h"
#include "jobs/jobs.h"
#include "jobs/lifecycle.h"

namespace jobs {

namespace {

using http::Line;

// All jobs, or those that one filter lets through, along an index in the list's order.
storage::Query walk(storage::Database& db, const BoardFilter& filter, Line from, std::int64_t count) {
  if (filter.skill) {
    return db.query(R"sql(
        SELECT job_created_at, job_id
        FROM job_skills
        WHERE skill = ?1
          AND (job_created_at, job_id) < (?2, ?3)
        ORDER BY job_created_at DESC, job_id DESC
        LIMIT ?4)sql",
                    *filter.skill, from.order, from.id, count);
  }
  if (filter.organization) {
    return db.query(R"sql(
        SELECT created_at, id
        FROM jobs
        WHERE organization_id = ?1
          AND (created_at, id) < (?2, ?3)
        ORDER BY created_at DESC, id DESC
        LIMIT ?4)sql",
                    *filter.organization, from.order, from.id, count);
  }
  if (filter.poster) {
    return db.query(R"sql(
        SELECT created_at, id
        FROM jobs
        WHERE poster_id = ?1
          AND (created_at, id) < (?2, ?3)
        ORDER BY created_at DESC, id DESC
        LIMIT ?4)sql",
                    *filter.poster, from.order, from.id, count);
  }
  if (filter.status) {
    return db.query(R"sql(
        SELECT created_at, id
        FROM jobs
        WHERE status = ?1
          AND (created_at, id) < (?2, ?3)
        ORDER BY created_at DESC, id DESC
        LIMIT ?4)sql",
                    *filter.status, from.order, from.id, count);
  }
  return db.query(R"sql(
      SELECT created_at, id
      FROM jobs
      WHERE (created_at, id) < (?1, ?2)
      ORDER BY created_at DESC, id DESC
      LIMIT ?3)sql",
                  from.order, from.id, count);
}

// What one pair of status and type narrows a walk to.
struct Kind {
  std::string_view status;
  std::string_view type;
};

storage::Query walk_skill(storage::Database& db, const BoardFilter& filter, Kind kind, Line from, std::int64_t count) {
  if (filter.poster) {
    return db.query(R"sql(
        SELECT job_created_at, job_id
        FROM job_skills
        WHERE poster_id = ?1
          AND skill = ?2
          AND status = ?3
          AND job_type = ?4
          AND (job_created_at, job_id) < (?5, ?6)
          AND (?7 IS NULL OR organization_id = ?7)
        ORDER BY job_created_at DESC, job_id DESC
        LIMIT ?8)sql",
                    *filter.poster, *filter.skill, kind.status, kind.type, from.order, from.id, filter.organization,
                    count);
  }
  if (filter.organization) {
    return db.query(R"sql(
        SELECT job_created_at, job_id
        FROM job_skills
        WHERE organization_id = ?1
          AND skill = ?2
          AND status = ?3
          AND job_type = ?4
          AND (job_created_at, job_id) < (?5, ?6)
        ORDER BY job_created_at DESC, job_id DESC
        LIMIT ?7)sql",
                    *filter.organization, *filter.skill, kind.status, kind.type, from.order, from.id, count);
  }
  return db.query(R"sql(
      SELECT job_created_at, job_id
      FROM job_skills
      WHERE skill = ?1
        AND status = ?2
        AND job_type = ?3
        AND (job_created_at, job_id) < (?4, ?5)
      ORDER BY job_created_at DESC, job_id DESC
      LIMIT ?6)sql",
                  *filter.skill, kind.status, kind.type, from.order, from.id, count);
}

storage::Query walk_kind(storage::Database& db, const BoardFilter& filter, Kind kind, Line from, std::int64_t count) {
  if (filter.skill) return walk_skill(db, filter, kind, from, count);
  if (filter.organization && filter.poster) {
    return db.query(R"sql(
        SELECT created_at, id
        FROM jobs
        WHERE poster_id = ?1
          AND organization_id = ?2
          AND status = ?3
          AND job_type = ?4
          AND (created_at, id) < (?5, ?6)
        ORDER BY created_at DESC, id DESC
        LIMIT ?7)sql",
                    *filter.poster, *filter.organization, kind.status, kind.type, from.order, from.id, count);
  }
  if (filter.organization) {
    return db.query(R"sql(
        SELECT created_at, id
        FROM jobs
        WHERE organization_id = ?1
          AND status = ?2
          AND job_type = ?3
          AND (created_at, id) < (?4, ?5)
        ORDER BY created_at DESC, id DESC
        LIMIT ?6)sql",
                    *filter.organization, kind.status, kind.type, from.order, from.id, count);
  }
  if (filter.poster) {
    return db.query(R"sql(
        SELECT created_at, id
        FROM jobs
        WHERE poster_id = ?1
          AND status = ?2
          AND job_type = ?3
          AND (created_at, id) < (?4, ?5)
        ORDER BY created_at DESC, id DESC
        LIMIT ?6)sql",
                    *filter.poster, kind.status, kind.type, from.order, from.id, count);
  }
  return db.query(R"sql(
      SELECT created_at, id
      FROM jobs
      WHERE status = ?1
        AND job_type = ?2
        AND (created_at, id) < (?3, ?4)
      ORDER BY created_at DESC, id DESC
      LIMIT ?5)sql",
                  kind.status, kind.type, from.order, from.id, count);
}

}  // namespace

// The lists that are asked for most have indexes of their own. Every other one is put together of the walks along its
// kinds, each of which is an index range: at most thirty, however many jobs there are.
std::vector<Line> newest(storage::Database& db, const BoardFilter& filter, Line from, std::int64_t count,
                         std::int64_t offset) {
  const int whose = (filter.skill ? 1 : 0) + (filter.organization ? 1 : 0) + (filter.poster ? 1 : 0);
  const auto reach = count + offset;
  std::vector<Line> lines;
  if (!filter.job_type && whose + (filter.status ? 1 : 0) <= 1) {
    http::append(lines, walk(db, filter, from, reach));
  } else {
    for (const auto status : kStatuses) {
      if (filter.status && *filter.status != status) continue;
      for (const auto type : kTypes) {
        if (filter.job_type && *filter.job_type != type) continue;
        http::append(lines, walk_kind(db, filter, {status, type}, from, reach));
      }
    }
  }
  http::merge(lines, count, offset);
  return lines;
}

http::Reply list(const http::Call& call, const std::optional<organizations::Organization>& of) {
  constexpr http::TextRule kHandle{.min = 1, .max = 60, .multiline = false};
  http::Query query(call.request);
  BoardFilter filter;
  filter.status = query.choice("status", kStatuses);
  filter.job_type = query.choice("job_type", kTypes);
  if (const auto skill = query.text("skill", {.min = 1, .max = 50, .multiline = false})) {
    filter.skill = core::fold_case(*skill);
  }
  const auto organization = of ? of->handle : core::to_lower_ascii(query.text("organization", kHandle).value_or(""));
  const auto poster = core::to_lower_ascii(query.text("poster", kHandle).value_or(""));
  const auto page = http::Page::read(query,
                                     "jobs?" + filter.status.value_or("") + "&" + filter.job_type.value_or("") + "&" +
                                         organization + "&" + poster + "&" + filter.skill.value_or(""),
                                     2);
  query.check();
  auto& db = call.db();
  if (!organization.empty()) filter.organization = of ? of->id : organizations::require(db, organization).id;
  if (!poster.empty()) filter.poster = agents::require(call, poster);
  core::JsonWriter json(16 * 1024);
  json.begin_object();
  http::write_page(
      json, "jobs", page,
      newest(db, filter, {page.key(0, http::kNewest), page.key(1, http::kNewest)}, page.fetch(), page.offset),
      [&](std::int64_t id) { write_job(json, call, id); });
  json.end_object();
  return http::ok(json);
}

}  // namespace jobs
