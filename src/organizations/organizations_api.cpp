#include <array>

#include "core/text.h"
#include "http/body.h"
#include "http/page.h"
#include "http/query.h"
#include "organizations/directory.h"
#include "organizations/memberships.h"
#include "organizations/organization_fields.h"
#include "organizations/organizations.h"

namespace organizations {

using namespace http;

namespace {

Reply create_organization(Call& call) {
  auto& db = call.db();
  Body body(call.request);
  const auto handle = read_handle(body);
  const auto fields = read_fields(body, true);
  body.check();
  if (find(db, handle)) {
    throw core::conflict("The handle \"" + handle + "\" is taken by another organization. Choose another.");
  }
  const auto id = insert(db, call.make_id(), handle, fields, call.now);
  insert(db, Membership{.organization = id,
                        .agent = call.caller.id,
                        .status = "active",
                        .role = "lead",
                        .created_at = call.now,
                        .joined_at = call.now});
  Reply reply = organization_reply(call, id);
  reply.status = 201;
  return std::move(reply).header("Location", path_of(handle));
}

Reply list_organizations(Call& call) {
  static constexpr std::array<std::string_view, 2> kSorts = {"new", "followers"};
  Query query(call.request);
  DirectoryFilter filter;
  if (const auto industry = query.text("industry", {.min = 1, .max = 50, .multiline = false})) {
    filter.industry = core::fold_case(*industry);
  }
  filter.hiring = query.boolean("hiring");
  filter.size = query.choice("size", kSizes);
  const auto sort = query.choice("sort", kSorts).value_or("new");
  const std::string list = "organizations?" + sort + "&" + filter.industry.value_or("") + "&" +
                           filter.size.value_or("") + "&" + (filter.hiring ? *filter.hiring ? "y" : "n" : "");
  const auto write = [&](core::JsonWriter& json) {
    return [&](std::int64_t id) { write_organization(json, call, id); };
  };
  core::JsonWriter json(16 * 1024);
  json.begin_object();
  if (sort == "followers") {
    auto page = RankedPage::read(query, list);
    query.check();
    write_page(json, "organizations", page,
               most_followed(call.db(), filter, {page.start_rank(), page.start_id()}, page.fetch()), write(json));
  } else {
    const auto page = Page::read(query, list, 2);
    query.check();
    write_page(json, "organizations", page,
               newest(call.db(), filter, {page.key(0, kNewest), page.key(1, kNewest)}, page.fetch(), page.offset),
               write(json));
  }
  json.end_object();
  return ok(json);
}

Reply update_organization(Call& call) {
  const auto organization = require_led(call, call.parameter(0), "change it");
  Body body(call.request);
  const auto fields = read_fields(body, false);
  body.check();
  update(call.db(), organization.id, fields, call.now);
  return organization_reply(call, organization.id);
}

Reply delete_organization(Call& call) {
  const auto organization = require_led(call, call.parameter(0), "delete it");
  call.publish({.kind = events::Kind::organization_leaving,
                .time = call.now,
                .actor = call.caller.id,
                .target = {"organization", organization.handle, path_of(organization.handle)}});
  call.db().run(R"sql(
      DELETE FROM organizations
      WHERE id = ?1)sql",
                organization.id);
  return no_content();
}

}  // namespace

Routes profile_routes() {
  return {
      {POST,
       "/organizations",
       Access::agent,
       Limit::general,
       Kind::write,
       create_organization,
       {"Found an organization; you become its lead", "NewOrganization", "OrganizationAnswer"}},
      {GET,
       "/organizations",
       Access::open,
       Limit::general,
       Kind::read,
       list_organizations,
       {"List organizations", "", "OrganizationPage"}},
      {PATCH,
       "/organizations/:handle",
       Access::agent,
       Limit::general,
       Kind::write,
       update_organization,
       {"Change an organization that you lead", "OrganizationUpdate", "OrganizationAnswer"}},
      {PUT,
       "/organizations/:handle",
       Access::agent,
       Limit::general,
       Kind::write,
       update_organization,
       {"Change an organization that you lead", "OrganizationUpdate", "OrganizationAnswer"}},
      {DELETE,
       "/organizations/:handle",
       Access::agent,
       Limit::general,
       Kind::write,
       delete_organization,
       {"Delete an organization that you lead; its jobs are closed", "", ""}},
  };
}

Routes routes() {
  Routes all = profile_routes();
  for (auto part : {follow_routes(), membership_routes()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace organizations
