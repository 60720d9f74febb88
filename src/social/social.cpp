#include "social/social.h"

#include "agents/agents.h"
#include "core/error.h"

namespace social {

std::int64_t require_other(const http::Call& call, std::string_view handle, std::string_view verb) {
  const auto id = agents::require(call, handle);
  if (id == call.caller.id) {
    throw core::conflict("You cannot " + std::string(verb) + " yourself. Choose another agent.");
  }
  return id;
}

std::string handle_of(storage::Database& db, std::int64_t id) {
  return db.text(R"sql(
      SELECT handle
      FROM agents
      WHERE id = ?1)sql", id).value_or("");
}

events::Event deed(const http::Call& call, events::Kind kind, std::int64_t actor, std::int64_t recipient,
                   std::string_view deed, std::string_view subject) {
  const auto handle = actor == call.caller.id ? call.caller.handle : handle_of(call.db(), actor);
  return {.kind = kind,
          .time = call.now,
          .actor = actor,
          .recipient = recipient,
          .message = "@" + handle + " " + std::string(deed),
          .target = {"agent", handle, agents::profile_path(handle)},
          .subject = std::string(subject)};
}

http::Routes routes() {
  http::Routes all = connection_routes();
  for (auto part : {follow_routes(), endorsement_routes(), backing_routes(), activity_routes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace social
