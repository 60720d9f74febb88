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

// Each list is walked along an index that begins with one of these and goes on in the list's order.
enum class Way { all, skill, organization, poster };

// How far a list is counted to find the shortest way; longer ones are all the same.
constexpr std::int64_t kCounted = 2000;

std::int64_t jobs_along(storage::Database& db, const BoardFilter& filter, Way way) {
  switch (way) {
    case Way::all: return INT64_MAX;
    case Way::skill:
      return db
          .integer(R"sql(
          SELECT job_count
          FROM skills
          WHERE skill = ?1)sql",
                   *filter.skill)
          .value_or(0);
    case Way::organization:
      return db
          .integer(R"sql(
          SELECT count(*)
          FROM (SELECT 1 FROM jobs WHERE organization_id = ?1 LIMIT ?2))sql",
                   *filter.organization, kCounted)
          .value_or(0);
    case Way::poster:
      return db
          .integer(R"sql(
          SELECT count(*)
          FROM (SELECT 1 FROM jobs WHERE poster_id = ?1 LIMIT ?2))sql",
                   *filter.poster, kCounted)
          .value_or(0);
  }
  return INT64_MAX;
}

// The filter that lets the fewest through; the others are looked up for each line on the way.
Way shortest_way(storage::Database& db, const BoardFilter& filter) {
  std::vector<Way> ways;
  if (filter.skill) ways.push_back(Way::skill);
  if (filter.poster) ways.push_back(Way::poster);
  if (filter.organization) ways.push_back(Way::organization);
  if (ways.empty()) return Way::all;
  Way best = ways.front();
  if (ways.size() == 1) return best;
  std::int64_t fewest = INT64_MAX;
  for (const Way way : ways) {
    if (const auto count = jobs_along(db, filter, way); count < fewest) {
      fewest = count;
      best = way;
    }
  }
  return best;
}

storage::Query walk(storage::Database& db, const BoardFilter& f, Way way, Line from, std::int64_t count) {
  switch (way) {
    case Way::skill:
      return db.query(R"sql(
          SELECT s.job_created_at, s.job_id
          FROM job_skills s
          WHERE s.skill = ?1
            AND (s.job_created_at, s.job_id) < (?2, ?3)
            AND (?4 IS NULL OR (SELECT organization_id FROM jobs WHERE id = s.job_id) = ?4)
            AND (?5 IS NULL OR (SELECT poster_id FROM jobs WHERE id = s.job_id) = ?5)
          ORDER BY s.job_created_at DESC, s.job_id DESC
          LIMIT ?6)sql",
                      *f.skill, from.order, from.id, f.organization, f.poster, count);
    case Way::organization:
      return db.query(R"sql(
          SELECT j.created_at, j.id
          FROM jobs j
          WHERE j.organization_id = ?1
            AND (j.created_at, j.id) < (?2, ?3)
            AND (?4 IS NULL OR j.poster_id = ?4)
            AND (?5 IS NULL OR EXISTS (SELECT 1 FROM job_skills s WHERE s.job_id = j.id AND s.skill = ?5))
          ORDER BY j.created_at DESC, j.id DESC
          LIMIT ?6)sql",
                      *f.organization, from.order, from.id, f.poster, f.skill, count);
    case Way::poster:
      return db.query(R"sql(
          SELECT j.created_at, j.id
          FROM jobs j
          WHERE j.poster_id = ?1
            AND (j.created_at, j.id) < (?2, ?3)
            AND (?4 IS NULL OR j.organization_id = ?4)
            AND (?5 IS NULL OR EXISTS (SELECT 1 FROM job_skills s WHERE s.job_id = j.id AND s.skill = ?5))
          ORDER BY j.created_at DESC, j.id DESC
          LIMIT ?6)sql",
                      *f.poster, from.order, from.id, f.organization, f.skill, count);
    case Way::all: break;
  }
  return db.query(R"sql(
      SELECT created_at, id
      FROM jobs
      WHERE (created_at, id) < (?1, ?2)
      ORDER BY created_at DESC, id DESC
      LIMIT ?3)sql",
                  from.order, from.id, count);
}

// The same within one status and type.
storage::Query walk_kind(storage::Database& db, const BoardFilter& f, Way way, std::string_view status,
                         std::string_view type, Line from, std::int64_t count) {
  switch (way) {
    case Way::skill:
      return db.query(R"sql(
          SELECT s.job_created_at, s.job_id
          FROM job_skills s
          WHERE s.skill = ?1
            AND s.status = ?2
            AND s.job_type = ?3
            AND (s.job_created_at, s.job_id) < (?4, ?5)
            AND (?6 IS NULL OR (SELECT organization_id FROM jobs WHERE id = s.job_id) = ?6)
            AND (?7 IS NULL OR (SELECT poster_id FROM jobs WHERE id = s.job_id) = ?7)
          ORDER BY s.job_created_at DESC, s.job_id DESC
          LIMIT ?8)sql",
                      *f.skill, status, type, from.order, from.id, f.organization, f.poster, count);
    case Way::organization:
      return db.query(R"sql(
          SELECT j.created_at, j.id
          FROM jobs j
          WHERE j.organization_id = ?1
            AND j.status = ?2
            AND j.job_type = ?3
            AND (j.created_at, j.id) < (?4, ?5)
            AND (?6 IS NULL OR j.poster_id = ?6)
            AND (?7 IS NULL OR EXISTS (SELECT 1 FROM job_skills s WHERE s.job_id = j.id AND s.skill = ?7))
          ORDER BY j.created_at DESC, j.id DESC
          LIMIT ?8)sql",
                      *f.organization, status, type, from.order, from.id, f.poster, f.skill, count);
    case Way::poster:
      return db.query(R"sql(
          SELECT j.created_at, j.id
          FROM jobs j
          WHERE j.poster_id = ?1
            AND j.status = ?2
            AND j.job_type = ?3
            AND (j.created_at, j.id) < (?4, ?5)
            AND (?6 IS NULL OR j.organization_id = ?6)
            AND (?7 IS NULL OR EXISTS (SELECT 1 FROM job_skills s WHERE s.job_id = j.id AND s.skill = ?7))
          ORDER BY j.created_at DESC, j.id DESC
          LIMIT ?8)sql",
                      *f.poster, status, type, from.order, from.id, f.organization, f.skill, count);
    case Way::all: break;
  }
  return db.query(R"sql(
      SELECT created_at, id
      FROM jobs
      WHERE status = ?1
        AND job_type = ?2
        AND (created_at, id) < (?3, ?4)
      ORDER BY created_at DESC, id DESC
      LIMIT ?5)sql",
                  status, type, from.order, from.id, count);
}

}  // namespace

std::vector<Line> newest(storage::Database& db, const BoardFilter& filter, Line from, std::int64_t count,
                         std::int64_t offset) {
  const Way way = shortest_way(db, filter);
  const auto reach = count + offset;
  std::vector<Line> lines;
  if (!filter.status && !filter.job_type) {
    http::append(lines, walk(db, filter, way, from, reach));
  } else if (filter.status && !filter.job_type && way == Way::all) {
    // The list that is asked for most has an index of its own.
    http::append(lines, db.query(R"sql(
        SELECT created_at, id
        FROM jobs
        WHERE status = ?1
          AND (created_at, id) < (?2, ?3)
        ORDER BY created_at DESC, id DESC
        LIMIT ?4)sql",
                                 *filter.status, from.order, from.id, reach));
  } else {
    for (const auto status : kStatuses) {
      if (filter.status && *filter.status != status) continue;
      for (const auto type : kTypes) {
        if (filter.job_type && *filter.job_type != type) continue;
        http::append(lines, walk_kind(db, filter, way, status, type, from, reach));
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
