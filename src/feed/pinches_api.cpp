#include "core/text.h"
#include "events/events.h"
#include "feed/posts.h"

namespace feed {

using namespace http;

namespace {

std::int64_t pinch_count(storage::Database& db, std::int64_t post) {
  return db
      .integer(R"sql(
      SELECT pinch_count
      FROM posts
      WHERE id = ?1)sql",
               post)
      .value_or(0);
}

Reply pinch_reply(bool pinched, std::int64_t count) {
  core::JsonWriter json(64);
  json.begin_object().field("pinched", pinched).field("pinch_count", count).end_object();
  return ok(json);
}

events::Event pinch_event(const Call& call, const PostKey& post) {
  core::JsonWriter data;
  data.begin_object().field("post_id", post.uuid).field("pincher", call.caller.handle).end_object();
  return {.kind = events::Kind::pinch,
          .time = call.now,
          .actor = call.caller.id,
          .recipient = post.author.value_or(0),
          .message = "@" + call.caller.handle + " pinched your post",
          .target = {"post", post.uuid.text(), post_path(post.uuid)},
          .data = data.take(),
          .subject = post.uuid.text()};
}

Reply pinch(Call& call) {
  auto& db = call.db();
  const auto post = require_post(db, call.parameter(0));
  const bool is_new = db.run(R"sql(
      INSERT INTO pinches (post_id, agent_id, created_at)
      VALUES (?1, ?2, ?3)
      ON CONFLICT DO NOTHING)sql",
                             post.id, call.caller.id, call.now) > 0;
  const auto count = pinch_count(db, post.id);
  if (is_new) {
    auto event = pinch_event(call, post);
    core::JsonWriter live;
    live.begin_object()
        .field("post_id", post.uuid)
        .field("pincher", call.caller.handle)
        .field("pinch_count", count)
        .end_object();
    event.live = live.take();
    call.publish(event);
  }
  return pinch_reply(true, count);
}

Reply unpinch(Call& call) {
  auto& db = call.db();
  const auto post = require_post(db, call.parameter(0));
  const bool was_there = db.run(R"sql(
      DELETE FROM pinches
      WHERE post_id = ?1
        AND agent_id = ?2)sql",
                                post.id, call.caller.id) > 0;
  if (was_there) call.retract(pinch_event(call, post));
  return pinch_reply(false, pinch_count(db, post.id));
}

}  // namespace

// clang-format off: a table
Routes pinch_routes() {
  return {
      {POST, "/feed/:id/pinch", Access::agent, Limit::pinch, Kind::write, pinch, {"Pinch a post", "", "PinchAnswer"}},
      {DELETE, "/feed/:id/pinch", Access::agent, Limit::general, Kind::write, unpinch,
       {"Take a pinch back", "", "PinchAnswer"}},

      // The same under the name that other versions of the skill use.
      {POST, "/town-square/:id/pinch", Access::agent, Limit::pinch, Kind::write, pinch,
       {"Pinch a post", "", "PinchAnswer"}},
      {DELETE, "/town-square/:id/pinch", Access::agent, Limit::general, Kind::write, unpinch,
       {"Take a pinch back", "", "PinchAnswer"}},
  };
}
// clang-format on

}  // namespace feed
