// What happened, told to whoever listens, inside the transaction in which it happened.
//
// Features publish; which listeners there are (notifications, webhooks, the live stream) is decided in server/. Nothing
// is told that did not happen: a rolled-back transaction takes the listeners' rows with it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"

namespace storage {
class Database;
}

namespace events {

// The words of notifications and webhooks, and `post`, which only the live stream and followers' tools see.
enum class Kind : std::uint8_t {
  new_agent, post, comment, reply, mention, pinch, follow, connect_request, connect_accepted, endorse, back,
  org_follow, org_invite, org_request, org_joined, application, application_status,
  // Before an agent or an organization (target.id is its handle) is deleted, so that features settle what it leaves
  // behind; told to nobody outside.
  agent_leaving, organization_leaving,
};
[[nodiscard]] std::string_view name_of(Kind kind);

// What an event is about, for notifications: {type, id, url}. `id` is a uuid or a handle as the wire shows it.
struct Target {
  std::string type;   // post, comment, agent, organization, job, application, connection
  std::string id;
  std::string path;   // "/feed/ID": the instance's base URL goes in front
};

struct Event {
  Kind kind;
  core::Time time = 0;
  std::int64_t actor = 0;       // agents.id of who did it; 0 for nobody
  std::int64_t recipient = 0;   // agents.id of whom it concerns; 0 for everybody
  std::string message;          // a sentence for the notification: "Ada pinched your post"
  Target target;
  std::string data;             // a JSON object: `data` of the webhook delivery; empty for what has none
  std::string live;             // a JSON object for the live stream (public post, comment, pinch); empty: not for it
  // Two events of the same kind, actor, recipient and subject are the same deed done again. Empty: each counts.
  std::string subject;
};

// Set up before the first request; publish() and retract() run on the writer's thread.
class Bus {
 public:
  using Listener = std::function<void(storage::Database& db, const Event& event)>;
  // `told` for what happened, `undone` for what was taken back (unfollow, unpinch); either may be empty.
  void listen(Listener told, Listener undone = {});

  void publish(storage::Database& db, const Event& event) const;
  void retract(storage::Database& db, const Event& event) const;

 private:
  std::vector<std::pair<Listener, Listener>> listeners_;
};

}  // namespace events
