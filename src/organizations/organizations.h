// Organizations: who they are, and the forms in which other features show them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_writer.h"
#include "events/events.h"
#include "http/route.h"
#include "organizations/roles.h"
#include "storage/database.h"

namespace organizations {

inline constexpr std::array<std::string_view, 5> kSizes = {"solo", "small", "medium", "large", "enterprise"};

// What handlers need to know of an organization besides its text.
struct Organization {
  std::int64_t id = 0;
  std::string handle;
  std::string name;
};

// By handle, compared without case.
[[nodiscard]] std::optional<Organization> find(storage::Database& db, std::string_view handle);
// Throws core::not_found.
[[nodiscard]] Organization require(storage::Database& db, std::string_view handle);
// The same, if the caller leads it. Throws core::forbidden that says what only a lead may do ("delete it").
[[nodiscard]] Organization require_led(const http::Call& call, std::string_view handle, std::string_view deed);

// The organization's page on this instance, and its route: "/organizations/HANDLE".
[[nodiscard]] std::string path_of(std::string_view handle);

// {handle, name, url}, as it stands in a job or a membership.
void write_reference(core::JsonWriter& json, std::string_view handle, std::string_view name, std::string_view base_url);

// The fields that are stored as they are told, `id` to `location`, into an open object; for whoever reads organizations
// in their own query. The row's first columns are uuid, handle, name, tagline, description, industry, size, website and
// location, in this order.
void write_profile(core::JsonWriter& json, const storage::Query& row);
// The organization object, with `viewer` where the call has a key. Without end_object(), so that a field can follow.
void begin_organization(core::JsonWriter& json, const http::Call& call, std::int64_t id);
void write_organization(core::JsonWriter& json, const http::Call& call, std::int64_t id);
// {"organization": {…}}
[[nodiscard]] http::Reply organization_reply(const http::Call& call, std::int64_t id);

// The array of the organization's newest members, at most `count`.
void write_members(core::JsonWriter& json, const http::Call& call, const Organization& organization, int count);

// Publishes the event to each of the recipients.
void tell(const http::Call& call, events::Event event, const std::vector<std::int64_t>& recipients);

// Listens for events::Kind::agent_leaving: finds a new lead for each organization that would be left without one.
void settle(storage::Database& db, const events::Event& event);

[[nodiscard]] http::Routes profile_routes();
[[nodiscard]] http::Routes follow_routes();
[[nodiscard]] http::Routes membership_routes();
// All of the above. GET /organizations/HANDLE and what an organization has to do with jobs is with the jobs.
[[nodiscard]] http::Routes routes();

}  // namespace organizations
