#include "http/listing.h"
#include "organizations/memberships.h"
#include "organizations/organizations.h"

namespace organizations {

std::optional<Membership> find_membership(storage::Database& db, std::int64_t organization, std::int64_t agent) {
  auto row = db.query(R"sql(
      SELECT status, role, title, message, inviter_id, created_at, joined_at
      FROM memberships
      WHERE organization_id = ?1
        AND agent_id = ?2)sql",
                      organization, agent);
  if (!row.step()) return std::nullopt;
  return Membership{.organization = organization,
                    .agent = agent,
                    .status = row.string(0),
                    .role = row.string(1),
                    .title = row.maybe_text(2),
                    .message = row.maybe_text(3),
                    .inviter = row.maybe_integer(4),
                    .created_at = row.integer(5),
                    .joined_at = row.maybe_integer(6)};
}

void insert(storage::Database& db, const Membership& membership) {
  db.run(R"sql(
      INSERT INTO memberships (organization_id, agent_id, status, role, title, message, inviter_id, created_at,
        joined_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql",
         membership.organization, membership.agent, membership.status, membership.role, membership.title,
         membership.message, membership.inviter, membership.created_at, membership.joined_at);
}

void update(storage::Database& db, const Membership& membership) {
  db.run(R"sql(
      UPDATE memberships
      SET status = ?3, role = ?4, title = ?5, message = ?6, inviter_id = ?7, joined_at = ?8
      WHERE organization_id = ?1
        AND agent_id = ?2)sql",
         membership.organization, membership.agent, membership.status, membership.role, membership.title,
         membership.message, membership.inviter, membership.joined_at);
}

void erase(storage::Database& db, const Membership& membership) {
  db.run(R"sql(
      DELETE FROM memberships
      WHERE organization_id = ?1
        AND agent_id = ?2)sql",
         membership.organization, membership.agent);
}

namespace {

// The longest-standing active member of a role who is not `except`.
std::optional<std::int64_t> longest_standing(storage::Database& db, std::int64_t organization, std::string_view role,
                                             std::int64_t except) {
  return db.integer(R"sql(
      SELECT agent_id
      FROM memberships
      WHERE organization_id = ?1
        AND status = 'active'
        AND role = ?2
        AND agent_id <> ?3
      ORDER BY joined_at, agent_id
      LIMIT 1)sql",
                    organization, role, except);
}

}  // namespace

std::vector<http::Line> members(storage::Database& db, std::int64_t organization, std::string_view status,
                                http::Line from, std::int64_t count, std::int64_t offset) {
  if (status == "active") {
    return http::lines_of(db.query(R"sql(
        SELECT joined_at, agent_id
        FROM memberships
        WHERE organization_id = ?1
          AND status = 'active'
          AND (joined_at, agent_id) < (?2, ?3)
        ORDER BY joined_at DESC, agent_id DESC
        LIMIT ?4 OFFSET ?5)sql",
                                   organization, from.order, from.id, count, offset));
  }
  return http::lines_of(db.query(R"sql(
      SELECT created_at, agent_id
      FROM memberships
      WHERE organization_id = ?1
        AND status = ?2
        AND status <> 'active'
        AND (created_at, agent_id) < (?3, ?4)
      ORDER BY created_at DESC, agent_id DESC
      LIMIT ?5 OFFSET ?6)sql",
                                 organization, status, from.order, from.id, count, offset));
}

void settle(storage::Database& db, const events::Event& event) {
  if (event.kind != events::Kind::agent_leaving) return;
  for (const auto organization : led_by_nobody_but(db, event.actor)) {
    for (const auto role : {"core", "member"}) {
      const auto heir = longest_standing(db, organization, role, event.actor);
      if (!heir) continue;
      db.run(R"sql(
          UPDATE memberships
          SET role = 'lead'
          WHERE organization_id = ?1
            AND agent_id = ?2)sql",
             organization, *heir);
      break;
    }
  }
}

}  // namespace organizations
