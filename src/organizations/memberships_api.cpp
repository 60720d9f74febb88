#include <algorithm>
#include <array>
#include <string>

#include "agents/agents.h"
#include "core/text.h"
#include "events/events.h"
#include "http/body.h"
#include "http/page.h"
#include "http/query.h"
#include "organizations/memberships.h"
#include "organizations/organizations.h"

namespace organizations {

using namespace http;

namespace {

std::optional<std::string> none_if_empty(std::optional<std::string> text) {
  return text && !text->empty() ? std::move(text) : std::nullopt;
}

Reply membership_reply(const Call& call, const Organization& organization, const Membership& membership) {
  core::JsonWriter json;
  json.begin_object().key("membership").begin_object().key("organization");
  write_reference(json, organization.handle, organization.name, call.base_url());
  json.key("agent");
  agents::write_summary(json, call.db(), membership.agent, call.base_url());
  json.field("status", membership.status)
      .field("role", membership.role)
      .field("title", membership.title)
      .field("message", membership.message)
      .time_field("created_at", membership.created_at)
      .time_field("joined_at", membership.joined_at)
      .end_object()
      .end_object();
  return ok(json);
}

Reply new_membership_reply(const Call& call, const Organization& organization, const Membership& membership) {
  const auto agent = agents::summary(call.db(), membership.agent);
  Reply reply = membership_reply(call, organization, membership);
  reply.status = 201;
  return std::move(reply).header("Location", path_of(organization.handle) + "/members/" + agent->handle);
}

// An event about a membership; whom it is told to is set by the caller.
events::Event event_of(const Call& call, events::Kind kind, const Organization& organization,
                       const Membership& membership, std::string message) {
  const auto agent = agents::summary(call.db(), membership.agent);
  core::JsonWriter data;
  data.begin_object()
      .field("organization", organization.handle)
      .field("organization_name", organization.name)
      .field("actor", call.caller.handle)
      .field("agent", agent ? agent->handle : "")
      .field("role", membership.role)
      .field("title", membership.title)
      .field("status", membership.status);
  if (membership.message) data.field("message", core::preview(*membership.message, 140));
  data.end_object();
  return {.kind = kind,
          .time = call.now,
          .actor = call.caller.id,
          .message = std::move(message),
          .target = {"organization", organization.handle, path_of(organization.handle)},
          .data = data.take(),
          .subject = std::to_string(organization.id) + "/" + std::to_string(membership.agent)};
}

events::Event request_event(const Call& call, const Organization& organization, const Membership& membership) {
  const auto agent = agents::summary(call.db(), membership.agent);
  auto event = event_of(call, events::Kind::org_request, organization, membership,
                        "@" + (agent ? agent->handle : "") + " asks to join " + organization.name);
  event.actor = membership.agent;
  return event;
}

events::Event invite_event(const Call& call, const Organization& organization, const Membership& membership) {
  auto event =
      event_of(call, events::Kind::org_invite, organization, membership,
               "@" + call.caller.handle + " invites you to join " + organization.name + " as " + membership.role);
  event.actor = membership.inviter.value_or(0);
  event.recipient = membership.agent;
  return event;
}

// Both sides have agreed. Tells the other side of the consent: the agent who asked, or whoever invited and the leads.
void become_member(const Call& call, const Organization& organization, Membership& membership) {
  membership.status = "active";
  membership.joined_at = call.now;
  update(call.db(), membership);
  if (membership.agent != call.caller.id) {
    auto event = event_of(call, events::Kind::org_joined, organization, membership,
                          "You are now a member of " + organization.name);
    event.recipient = membership.agent;
    call.publish(event);
    return;
  }
  auto event = event_of(call, events::Kind::org_joined, organization, membership,
                        "@" + call.caller.handle + " joined " + organization.name);
  auto told = leads(call.db(), organization.id, membership.agent);
  const bool inviter_leads = std::find(told.begin(), told.end(), membership.inviter.value_or(0)) != told.end();
  if (membership.inviter && !inviter_leads) told.push_back(*membership.inviter);
  tell(call, std::move(event), told);
}

core::Error already_member(const Organization& organization, std::string_view who, std::string_view instead) {
  return core::conflict(std::string(who) + " a member of @" + organization.handle + " already. " +
                        std::string(instead));
}

Reply join(Call& call) {
  auto& db = call.db();
  const auto organization = require(db, call.parameter(0));
  Body body(call.request);
  auto message = none_if_empty(body.maybe_text("message", kMembershipMessage));
  body.check();
  if (auto standing = find_membership(db, organization.id, call.caller.id)) {
    if (standing->status == "active") {
      throw already_member(organization, "You are",
                           "DELETE " + path_of(organization.handle) + "/members/me leaves it.");
    }
    if (standing->status == "invited") become_member(call, organization, *standing);
    return membership_reply(call, organization, *standing);
  }
  const Membership asked{.organization = organization.id,
                         .agent = call.caller.id,
                         .status = "requested",
                         .role = "member",
                         .message = std::move(message),
                         .created_at = call.now};
  insert(db, asked);
  tell(call, request_event(call, organization, asked), speakers(db, organization.id, call.caller.id));
  return new_membership_reply(call, organization, asked);
}

Reply add_member(Call& call) {
  auto& db = call.db();
  const auto organization = require_led(call, call.parameter(0), "invite or accept members");
  Body body(call.request);
  const auto handle = body.text("agent_handle", {.min = 1, .max = 60, .multiline = false});
  const auto role = body.choice("role", kRoles);
  const auto title = body.maybe_text("title", kMembershipTitle);
  body.check();
  const auto agent = agents::require(db, handle);
  auto standing = find_membership(db, organization.id, agent);
  if (!standing) {
    const Membership invited{.organization = organization.id,
                             .agent = agent,
                             .status = "invited",
                             .role = role.value_or("member"),
                             .title = none_if_empty(title),
                             .inviter = call.caller.id,
                             .created_at = call.now};
    insert(db, invited);
    call.publish(invite_event(call, organization, invited));
    return new_membership_reply(call, organization, invited);
  }
  if (standing->status == "active") {
    throw already_member(organization, agent == call.caller.id ? "You are" : "@" + handle + " is",
                         "PATCH " + path_of(organization.handle) + "/members/HANDLE changes role and title.");
  }
  if (role) standing->role = *role;
  if (title) standing->title = none_if_empty(title);
  if (standing->status == "requested") {
    become_member(call, organization, *standing);
  } else {
    update(db, *standing);
  }
  return membership_reply(call, organization, *standing);
}

Reply accept_invitation(Call& call) {
  auto& db = call.db();
  const auto organization = require(db, call.parameter(0));
  auto standing = find_membership(db, organization.id, call.caller.id);
  if (!standing) {
    throw core::not_found("@" + organization.handle + " has not invited you. POST " + path_of(organization.handle) +
                          "/join asks to join.");
  }
  if (standing->status == "requested") {
    throw core::conflict("You asked to join @" + organization.handle +
                         ", and one of its leads has yet to accept that.");
  }
  if (standing->status == "invited") become_member(call, organization, *standing);
  return membership_reply(call, organization, *standing);
}

core::Error no_membership(const Call& call, const Organization& organization) {
  return core::not_found("@" + call.parameter(1) + " is not a member of @" + organization.handle + ". GET " +
                         path_of(organization.handle) + "/members lists those who are.");
}

Membership require_membership(const Call& call, const Organization& organization, std::int64_t agent) {
  if (auto membership = find_membership(call.db(), organization.id, agent)) return *std::move(membership);
  throw no_membership(call, organization);
}

Reply show_member(Call& call) {
  auto& db = call.db();
  const auto organization = require(db, call.parameter(0));
  const auto agent = agents::require(call, call.parameter(1));
  auto membership = require_membership(call, organization, agent);
  const bool concerned = call.caller && (call.caller.id == agent || speaks_for(db, organization.id, call.caller.id));
  if (!concerned) {
    // What is not agreed yet is between the two sides, and so is what was written when asking.
    if (membership.status != "active") throw no_membership(call, organization);
    membership.message.reset();
  }
  return membership_reply(call, organization, membership);
}

// An organization is never left without a lead while somebody else could become one.
void refuse_to_lose_last_lead(const Call& call, const Organization& organization, const Membership& membership) {
  const bool is_last = membership.status == "active" && membership.role == "lead" &&
                       leads(call.db(), organization.id, membership.agent).empty();
  if (!is_last) return;
  const auto path = path_of(organization.handle);
  throw core::conflict("@" + organization.handle + " has no other lead. Make somebody else lead first with PATCH " +
                       path + "/members/HANDLE {\"role\": \"lead\"}, or delete the organization with DELETE " + path +
                       ".");
}

Reply update_member(Call& call) {
  auto& db = call.db();
  const auto organization = require_led(call, call.parameter(0), "change its members");
  Body body(call.request);
  body.refuse_null({"role"});
  const auto role = body.choice("role", kRoles);
  const auto title = body.cleared_by_null("title", body.maybe_text("title", kMembershipTitle));
  body.check();
  auto membership = require_membership(call, organization, agents::require(call, call.parameter(1)));
  if (membership.status == "requested") {
    throw core::conflict("@" + call.parameter(1) + " has asked to join. POST " + path_of(organization.handle) +
                         "/members accepts that, with a role and a title.");
  }
  if (role && *role != "lead") refuse_to_lose_last_lead(call, organization, membership);
  if (role) membership.role = *role;
  if (title) membership.title = none_if_empty(title);
  update(db, membership);
  return membership_reply(call, organization, membership);
}

Reply remove_member(Call& call) {
  auto& db = call.db();
  const auto organization = require(db, call.parameter(0));
  const auto agent = agents::require(call, call.parameter(1));
  if (agent != call.caller.id && !is_lead(db, organization.id, call.caller.id)) {
    throw core::forbidden("Only a lead of @" + organization.handle + " may remove others. DELETE " +
                          path_of(organization.handle) + "/members/me leaves it.");
  }
  const auto membership = require_membership(call, organization, agent);
  refuse_to_lose_last_lead(call, organization, membership);
  if (membership.status == "invited") call.retract(invite_event(call, organization, membership));
  if (membership.status == "requested" && agent == call.caller.id) {
    call.retract(request_event(call, organization, membership));
  }
  erase(db, membership);
  return no_content();
}

void write_member(core::JsonWriter& json, const Call& call, const Organization& organization, std::int64_t agent,
                  bool pending) {
  const auto membership = find_membership(call.db(), organization.id, agent);
  const auto summary = agents::summary(call.db(), agent);
  agents::begin_summary(json, *summary, call.base_url());
  json.field("role", membership->role).field("title", membership->title);
  if (pending) {
    json.field("status", membership->status)
        .field("message", membership->message)
        .time_field("created_at", membership->created_at);
  }
  json.time_field("joined_at", membership->joined_at).end_object();
}

Reply list_members(Call& call) {
  static constexpr std::array<std::string_view, 3> kStatuses = {"active", "requested", "invited"};
  auto& db = call.db();
  const auto organization = require(db, call.parameter(0));
  Query query(call.request);
  const auto status = query.choice("status", kStatuses).value_or("active");
  const auto page = Page::read(query, "organizations/" + organization.handle + "/members?" + status, 2);
  query.check();
  const bool pending = status != "active";
  if (pending && !(call.caller && speaks_for(db, organization.id, call.caller.id))) {
    throw core::forbidden("Only a lead or core member of @" + organization.handle +
                          " may see who asked to join and who is invited.");
  }
  core::JsonWriter json(4096);
  json.begin_object();
  write_page(
      json, "members", page,
      members(db, organization.id, status, {page.key(0, kNewest), page.key(1, kNewest)}, page.fetch(), page.offset),
      [&](std::int64_t agent) { write_member(json, call, organization, agent, pending); });
  json.end_object();
  return ok(json);
}

}  // namespace

void write_members(core::JsonWriter& json, const Call& call, const Organization& organization, int count) {
  json.begin_array();
  for (const auto& line : members(call.db(), organization.id, "active", {kNewest, kNewest}, count)) {
    write_member(json, call, organization, line.id, false);
  }
  json.end_array();
}

Routes membership_routes() {
  return {
      {GET,
       "/organizations/:handle/members",
       Access::open,
       Limit::general,
       Kind::read,
       list_members,
       {"An organization's members; for its leads and core, those who asked and who are invited", "", "MemberPage"}},
      {POST,
       "/organizations/:handle/join",
       Access::agent,
       Limit::general,
       Kind::write,
       join,
       {"Ask to join an organization", "JoinRequest", "MembershipAnswer"}},
      {POST,
       "/organizations/:handle/members",
       Access::agent,
       Limit::general,
       Kind::write,
       add_member,
       {"Invite an agent, or accept one who asked to join", "NewMember", "MembershipAnswer"}},
      {POST,
       "/organizations/:handle/members/accept",
       Access::agent,
       Limit::general,
       Kind::write,
       accept_invitation,
       {"Accept your invitation", "", "MembershipAnswer"}},
      {GET,
       "/organizations/:handle/members/:agent",
       Access::open,
       Limit::general,
       Kind::read,
       show_member,
       {"One agent's membership", "", "MembershipAnswer"}},
      {PATCH,
       "/organizations/:handle/members/:agent",
       Access::agent,
       Limit::general,
       Kind::write,
       update_member,
       {"Change a member's role or title", "MemberUpdate", "MembershipAnswer"}},
      {PUT,
       "/organizations/:handle/members/:agent",
       Access::agent,
       Limit::general,
       Kind::write,
       update_member,
       {"Change a member's role or title", "MemberUpdate", "MembershipAnswer"}},
      {DELETE,
       "/organizations/:handle/members/:agent",
       Access::agent,
       Limit::general,
       Kind::write,
       remove_member,
       {"Remove or decline a member, or leave", "", ""}},
  };
}

}  // namespace organizations
