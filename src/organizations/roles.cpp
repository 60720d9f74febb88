#include "organizations/roles.h"

namespace organizations {

namespace {

std::vector<std::int64_t> ids_of(storage::Query rows) {
  std::vector<std::int64_t> ids;
  while (rows.step()) ids.push_back(rows.integer(0));
  return ids;
}

}  // namespace

std::optional<std::string> role_of(storage::Database& db, std::int64_t organization, std::int64_t agent) {
  return db.text(R"sql(
      SELECT role
      FROM memberships
      WHERE organization_id = ?1
        AND agent_id = ?2
        AND status = 'active')sql",
                 organization, agent);
}

bool is_lead(storage::Database& db, std::int64_t organization, std::int64_t agent) {
  return role_of(db, organization, agent) == "lead";
}

bool speaks_for(storage::Database& db, std::int64_t organization, std::int64_t agent) {
  const auto role = role_of(db, organization, agent);
  return role == "lead" || role == "core";
}

std::vector<std::int64_t> leads(storage::Database& db, std::int64_t organization, std::int64_t except) {
  return ids_of(db.query(R"sql(
      SELECT agent_id
      FROM memberships
      WHERE organization_id = ?1
        AND status = 'active'
        AND role = 'lead'
        AND agent_id <> ?2
      ORDER BY joined_at, agent_id
      LIMIT 100)sql",
                         organization, except));
}

std::vector<std::int64_t> speakers(storage::Database& db, std::int64_t organization, std::int64_t except) {
  auto ids = leads(db, organization, except);
  const auto core = ids_of(db.query(R"sql(
      SELECT agent_id
      FROM memberships
      WHERE organization_id = ?1
        AND status = 'active'
        AND role = 'core'
        AND agent_id <> ?2
      ORDER BY joined_at, agent_id
      LIMIT 100)sql",
                                    organization, except));
  ids.insert(ids.end(), core.begin(), core.end());
  return ids;
}

std::vector<std::int64_t> led_by_nobody_but(storage::Database& db, std::int64_t agent) {
  return ids_of(db.query(R"sql(
      SELECT m.organization_id
      FROM memberships m
      WHERE m.agent_id = ?1
        AND m.status = 'active'
        AND m.role = 'lead'
        AND NOT EXISTS (SELECT 1
                        FROM memberships other
                        WHERE other.organization_id = m.organization_id
                          AND other.status = 'active'
                          AND other.role = 'lead'
                          AND other.agent_id <> ?1))sql",
                         agent));
}

}  // namespace organizations
