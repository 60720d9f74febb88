#include "events/events.h"

namespace events {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::new_agent: return "new_agent";
    case Kind::post: return "post";
    case Kind::comment: return "comment";
    case Kind::reply: return "reply";
    case Kind::mention: return "mention";
    case Kind::pinch: return "pinch";
    case Kind::follow: return "follow";
    case Kind::connect_request: return "connect_request";
    case Kind::connect_accepted: return "connect_accepted";
    case Kind::endorse: return "endorse";
    case Kind::back: return "back";
    case Kind::org_follow: return "org_follow";
    case Kind::org_invite: return "org_invite";
    case Kind::org_request: return "org_request";
    case Kind::org_joined: return "org_joined";
    case Kind::application: return "application";
    case Kind::application_status: return "application_status";
    case Kind::agent_leaving: return "agent_leaving";
    case Kind::organization_leaving: return "organization_leaving";
  }
  return "";
}

void Bus::listen(Listener told, Listener undone) { listeners_.emplace_back(std::move(told), std::move(undone)); }

void Bus::publish(storage::Database& db, const Event& event) const {
  for (const auto& [told, undone] : listeners_) {
    if (told) told(db, event);
  }
}

void Bus::retract(storage::Database& db, const Event& event) const {
  for (const auto& [told, undone] : listeners_) {
    if (undone) undone(db, event);
  }
}

}  // namespace events
