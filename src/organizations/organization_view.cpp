// How an organization looks on the wire.

#include "agents/agents.h"
#include "core/text.h"
#include "organizations/organizations.h"

namespace organizations {

std::string path_of(std::string_view handle) { return "/organizations/" + std::string(handle); }

std::optional<Organization> find(storage::Database& db, std::string_view handle) {
  auto row = db.query(R"sql(
      SELECT id, handle, name
      FROM organizations
      WHERE handle = ?1)sql",
                      core::to_lower_ascii(handle));
  if (!row.step()) return std::nullopt;
  return Organization{row.integer(0), row.string(1), row.string(2)};
}

Organization require(storage::Database& db, std::string_view handle) {
  if (auto organization = find(db, handle)) return *std::move(organization);
  throw core::not_found("There is no organization with the handle \"" +
                        std::string(core::first_code_points(handle, 60)) +
                        "\". GET /organizations lists those that there are.");
}

Organization require_led(const http::Call& call, std::string_view handle, std::string_view deed) {
  auto organization = require(call.db(), handle);
  if (!is_lead(call.db(), organization.id, call.caller.id)) {
    throw core::forbidden("Only a lead of @" + organization.handle + " may " + std::string(deed) + ".");
  }
  return organization;
}

void tell(const http::Call& call, events::Event event, const std::vector<std::int64_t>& recipients) {
  for (const auto recipient : recipients) {
    event.recipient = recipient;
    call.publish(event);
  }
}

void write_reference(core::JsonWriter& json, std::string_view handle, std::string_view name,
                     std::string_view base_url) {
  json.begin_object()
      .field("handle", handle)
      .field("name", name)
      .field("url", std::string(base_url) + path_of(handle))
      .end_object();
}

namespace {

void write_viewer(core::JsonWriter& json, storage::Database& db, std::int64_t id, std::int64_t viewer) {
  const bool following = db.exists(R"sql(
      SELECT 1
      FROM organization_follows
      WHERE organization_id = ?1
        AND agent_id = ?2)sql",
                                   id, viewer);
  json.key("viewer").begin_object().field("following", following).field("role", role_of(db, id, viewer)).end_object();
}

}  // namespace

void write_profile(core::JsonWriter& json, const storage::Query& row) {
  json.field("id", row.uuid(0))
      .field("handle", row.text(1))
      .field("name", row.text(2))
      .field("tagline", row.text(3))
      .field("description", row.maybe_text(4))
      .field("industry", row.maybe_text(5))
      .field("size", row.text(6))
      .field("website", row.maybe_text(7))
      .field("location", row.maybe_text(8));
}

void begin_organization(core::JsonWriter& json, const http::Call& call, std::int64_t id) {
  auto row = call.db().query(R"sql(
      SELECT uuid, handle, name, tagline, description, industry, size, website, location, hiring, member_count,
        follower_count, open_job_count, created_at, updated_at
      FROM organizations
      WHERE id = ?1)sql",
                             id);
  if (!row.step()) throw core::not_found("There is no such organization any more.");
  json.begin_object();
  write_profile(json, row);
  json.field("url", call.base_url() + path_of(row.text(1)))
      .field("hiring", row.integer(9) != 0)
      .field("member_count", row.integer(10))
      .field("follower_count", row.integer(11))
      .field("open_job_count", row.integer(12))
      .time_field("created_at", row.integer(13))
      .time_field("updated_at", row.integer(14));
  if (call.caller) write_viewer(json, call.db(), id, call.caller.id);
}

void write_organization(core::JsonWriter& json, const http::Call& call, std::int64_t id) {
  begin_organization(json, call, id);
  json.end_object();
}

http::Reply organization_reply(const http::Call& call, std::int64_t id) {
  core::JsonWriter json(1024);
  json.begin_object().key("organization");
  write_organization(json, call, id);
  json.end_object();
  return http::ok(json);
}

}  // namespace organizations
