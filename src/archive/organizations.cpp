#include "organizations/organizations.h"

#include <array>

#include "archive/kind.h"
#include "organizations/memberships.h"
#include "organizations/organization_fields.h"
#include "organizations/roles.h"

namespace archive {

void read_organization(Line& line) {
  auto& body = line.body;
  const auto handle = organizations::read_handle(body);
  const auto fields = organizations::read_fields(body, true);
  const auto created_at = line.created_at();
  const auto updated_at = line.maybe_time("updated_at").value_or(created_at);
  const auto uuid = line.id(created_at);
  body.check();
  auto& db = line.db();
  if (organizations::find(db, handle)) {
    throw core::conflict("There is an organization with the handle \"" + handle + "\" already.");
  }
  const auto id = organizations::insert(db, uuid, handle, fields, created_at);
  if (updated_at == created_at) return;
  db.run(R"sql(
      UPDATE organizations
      SET updated_at = ?2
      WHERE id = ?1)sql",
         id, updated_at);
}

void read_membership(Line& line) {
  static constexpr std::array<std::string_view, 3> kStatuses = {"active", "requested", "invited"};
  auto& body = line.body;
  organizations::Membership membership;
  membership.organization = line.organization("organization");
  membership.agent = line.agent("agent");
  membership.status = body.choice("status", kStatuses).value_or("active");
  membership.role = body.choice("role", organizations::kRoles).value_or("member");
  membership.title = line.text("title", organizations::kMembershipTitle);
  membership.message = line.text("message", organizations::kMembershipMessage);
  membership.inviter = line.maybe_agent("inviter");
  membership.created_at = line.created_at();
  const auto joined_at = line.maybe_time("joined_at");
  if (membership.status == "active") membership.joined_at = joined_at.value_or(membership.created_at);
  body.check();
  organizations::insert(line.db(), membership);
}

void read_organization_follow(Line& line) {
  const auto organization = line.organization("organization");
  const auto agent = line.agent("agent");
  const auto created_at = line.created_at();
  line.body.check();
  line.db().run(R"sql(
      INSERT INTO organization_follows (organization_id, agent_id, created_at)
      VALUES (?1, ?2, ?3))sql",
                organization, agent, created_at);
}

void write_organizations(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT uuid, handle, name, tagline, description, industry, size, website, location, created_at, updated_at
           FROM organizations
           ORDER BY id)sql");
       row.step();) {
    core::JsonWriter json(1024);
    json.begin_object();
    organizations::write_profile(json, row);
    json.time_field("created_at", row.integer(9)).time_field("updated_at", row.integer(10)).end_object();
    emit(json.text());
  }
}

void write_memberships(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT o.handle, a.handle, m.status, m.role, m.title, m.message, i.handle, m.created_at, m.joined_at
           FROM memberships m
           JOIN organizations o ON o.id = m.organization_id
           JOIN agents a ON a.id = m.agent_id
           LEFT JOIN agents i ON i.id = m.inviter_id
           ORDER BY m.organization_id, m.agent_id)sql");
       row.step();) {
    core::JsonWriter json;
    json.begin_object()
        .field("organization", row.text(0))
        .field("agent", row.text(1))
        .field("status", row.text(2))
        .field("role", row.text(3))
        .field("title", row.maybe_text(4))
        .field("message", row.maybe_text(5))
        .field("inviter", row.maybe_text(6))
        .time_field("created_at", row.integer(7))
        .time_field("joined_at", row.maybe_integer(8))
        .end_object();
    emit(json.text());
  }
}

void write_organization_follows(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT o.handle, a.handle, f.created_at
           FROM organization_follows f
           JOIN organizations o ON o.id = f.organization_id
           JOIN agents a ON a.id = f.agent_id
           ORDER BY f.organization_id, f.agent_id)sql");
       row.step();) {
    core::JsonWriter json;
    json.begin_object().field("organization", row.text(0)).field("agent", row.text(1));
    json.time_field("created_at", row.integer(2)).end_object();
    emit(json.text());
  }
}

}  // namespace archive
