// Which events are told to an agent, in the order in which the contract lists them.
#pragma once

#include <algorithm>
#include <array>

#include "events/events.h"

namespace notifications {

inline constexpr std::array<events::Kind, 15> kKinds = {
    events::Kind::follow,     events::Kind::connect_request, events::Kind::connect_accepted, events::Kind::pinch,
    events::Kind::comment,    events::Kind::reply,           events::Kind::mention,          events::Kind::endorse,
    events::Kind::back,       events::Kind::org_follow,      events::Kind::org_invite,       events::Kind::org_request,
    events::Kind::org_joined, events::Kind::application,     events::Kind::application_status};

[[nodiscard]] inline bool is_type(events::Kind kind) { return std::ranges::find(kKinds, kind) != kKinds.end(); }

}  // namespace notifications
