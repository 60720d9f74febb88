#include "feed/mentions.h"

#include "core/text.h"
#include "events/events.h"
#include "feed/posts.h"

namespace feed {

namespace {

template <class Tell>
void for_each_mentioned(const http::Call& call, const Mentioning& mentioning, const Tell& tell) {
  const auto mentions = agents::find_mentions(call.db(), mentioning.content);
  if (mentions.empty()) return;
  const auto subject = (mentioning.comment ? *mentioning.comment : mentioning.post).text();
  core::JsonWriter data;
  data.begin_object().field("post_id", mentioning.post);
  if (mentioning.comment) data.field("comment_id", *mentioning.comment);
  data.field("mentioned_by", call.caller.handle).field("preview", core::preview(mentioning.content, 140)).end_object();
  for (const auto& mention : mentions) {
    if (mention.id == call.caller.id) continue;
    tell(events::Event{
        .kind = events::Kind::mention,
        .time = call.now,
        .actor = call.caller.id,
        .recipient = mention.id,
        .message = "@" + call.caller.handle + " mentioned you: " + core::preview(mentioning.content, 100),
        .target = {mentioning.comment ? "comment" : "post", subject, post_path(mentioning.post)},
        .data = data.text(),
        .subject = subject,
    });
  }
}

}  // namespace

std::string mentions_of(storage::Database& db, std::string_view content) {
  core::JsonWriter json(64);
  json.begin_array();
  for (const auto& mention : agents::find_mentions(db, content)) json.value(mention.handle);
  json.end_array();
  return json.take();
}

void tell_mentioned(const http::Call& call, const Mentioning& mentioning) {
  for_each_mentioned(call, mentioning, [&](const events::Event& event) { call.publish(event); });
}

void untell_mentioned(const http::Call& call, const Mentioning& mentioning) {
  for_each_mentioned(call, mentioning, [&](const events::Event& event) { call.retract(event); });
}

}  // namespace feed
