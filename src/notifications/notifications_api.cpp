#include "agents/agents.h"
#include "http/listing.h"
#include "http/query.h"
#include "notifications/notifications.h"
#include "notifications/types.h"

namespace notifications {

using namespace http;

namespace {

// What is read up to, whatever the rows say.
std::int64_t read_through(storage::Database& db, std::int64_t agent) {
  return db.integer(R"sql(
      SELECT read_through
      FROM agents
      WHERE id = ?1)sql", agent).value_or(0);
}

void write_notification(core::JsonWriter& json, const Call& call, std::int64_t id, std::int64_t read_through) {
  auto row = call.db().query(R"sql(
      SELECT uuid, type, actor_id, message, target_type, target_id, target_path, read, created_at
      FROM notifications
      WHERE id = ?1)sql", id);
  if (!row.step()) throw core::not_found("There is no such notification any more.");
  const auto base_url = call.base_url();
  json.begin_object().field("id", row.uuid(0)).field("type", row.text(1)).key("actor");
  agents::write_summary(json, call.db(), row.integer(2), base_url);
  json.field("message", row.text(3))
      .key("target")
      .begin_object()
      .field("type", row.text(4))
      .field("id", row.text(5))
      .field("url", base_url + row.string(6))
      .end_object()
      .field("read", row.integer(7) != 0 || id <= read_through)
      .time_field("created_at", row.integer(8))
      .end_object();
}

std::vector<std::int64_t> ids_of(storage::Query rows) {
  std::vector<std::int64_t> ids;
  while (rows.step()) ids.push_back(rows.integer(0));
  return ids;
}

struct NotificationFilter {
  bool unread = false;
  std::optional<std::string> type;
};

// Newest first, below the id `before`.
std::vector<std::int64_t> newest(storage::Database& db, std::int64_t agent, const NotificationFilter& filter,
                                 std::int64_t before, std::int64_t count, std::int64_t offset) {
  if (filter.unread && filter.type) {
    return ids_of(db.query(R"sql(
        SELECT id
        FROM notifications
        WHERE agent_id = ?1
          AND type = ?2
          AND read = 0
          AND id > ?3
          AND id < ?4
        ORDER BY id DESC
        LIMIT ?5 OFFSET ?6)sql", agent, *filter.type, read_through(db, agent), before, count, offset));
  }
  if (filter.unread) {
    return ids_of(db.query(R"sql(
        SELECT id
        FROM notifications
        WHERE agent_id = ?1
          AND read = 0
          AND id > ?2
          AND id < ?3
        ORDER BY id DESC
        LIMIT ?4 OFFSET ?5)sql", agent, read_through(db, agent), before, count, offset));
  }
  if (filter.type) {
    return ids_of(db.query(R"sql(
        SELECT id
        FROM notifications
        WHERE agent_id = ?1
          AND type = ?2
          AND id < ?3
        ORDER BY id DESC
        LIMIT ?4 OFFSET ?5)sql", agent, *filter.type, before, count, offset));
  }
  return ids_of(db.query(R"sql(
      SELECT id
      FROM notifications
      WHERE agent_id = ?1
        AND id < ?2
      ORDER BY id DESC
      LIMIT ?3 OFFSET ?4)sql", agent, before, count, offset));
}

void write_ids(core::JsonWriter& json, const Call& call, std::int64_t agent, const std::vector<std::int64_t>& ids) {
  const auto through = read_through(call.db(), agent);
  json.key("notifications").begin_array();
  for (const auto id : ids) write_notification(json, call, id, through);
  json.end_array();
}

Reply list_notifications(Call& call) {
  static const auto kTypes = [] {
    std::array<std::string_view, kKinds.size()> names;
    std::ranges::transform(kKinds, names.begin(), events::name_of);
    return names;
  }();
  const auto agent = call.caller.id;
  Query query(call.request);
  const NotificationFilter filter{.unread = query.boolean("unread").value_or(false),
                                  .type = query.choice("type", kTypes)};
  const auto page = Page::read(query,
                               "notifications/" + std::to_string(agent) + "?" + (filter.unread ? "unread" : "") + "&" +
                                   filter.type.value_or(""),
                               1);
  query.check();
  auto ids = newest(call.db(), agent, filter, page.key(0, kNewest), page.fetch(), page.offset);
  const bool more = std::ssize(ids) > page.limit;
  if (more) ids.pop_back();
  core::JsonWriter json(8 * 1024);
  json.begin_object();
  write_ids(json, call, agent, ids);
  json.field("unread_count", unread_count(call.db(), agent));
  page.write_next(json, more, ids.empty() ? ids : std::vector{ids.back()});
  json.end_object();
  return ok(json);
}

Reply count_unread(Call& call) {
  core::JsonWriter json(64);
  json.begin_object().field("unread_count", unread_count(call.db(), call.caller.id)).end_object();
  return ok(json);
}

Reply read_one(Call& call) {
  auto& db = call.db();
  const auto uuid = core::parse_uuid(call.parameter(0));
  const auto id = uuid ? db.integer(R"sql(
      SELECT id
      FROM notifications
      WHERE uuid = ?1
        AND agent_id = ?2)sql", *uuid, call.caller.id) : std::nullopt;
  if (!id) {
    throw core::not_found("You have no notification with that id. GET /notifications lists those that you have.");
  }
  db.run(R"sql(
      UPDATE notifications
      SET read = 1
      WHERE id = ?1
        AND read = 0)sql", *id);
  core::JsonWriter json(512);
  json.begin_object().key("notification");
  write_notification(json, call, *id, 0);
  json.end_object();
  return ok(json);
}

Reply read_all(Call& call) {
  auto& db = call.db();
  const auto updated = unread_count(db, call.caller.id);
  if (updated > 0) {
    db.run(R"sql(
        UPDATE agents
        SET unread_count = 0, read_through = (SELECT max(n.id)
                                              FROM notifications n
                                              WHERE n.agent_id = ?1)
        WHERE id = ?1)sql", call.caller.id);
  }
  core::JsonWriter json(64);
  json.begin_object().field("updated", updated).field("unread_count", 0).end_object();
  return ok(json);
}

}  // namespace

std::int64_t unread_count(storage::Database& db, std::int64_t agent) {
  return db.integer(R"sql(
      SELECT unread_count
      FROM agents
      WHERE id = ?1)sql", agent).value_or(0);
}

void write_newest(core::JsonWriter& json, const Call& call, std::int64_t agent, int count) {
  write_ids(json, call, agent, newest(call.db(), agent, {}, kNewest, count, 0));
}

Routes routes() {
  return {
      {GET, "/notifications", Access::agent, Limit::general, Kind::read, list_notifications,
       {"What you were told, newest first", "", "NotificationPage"}},
      {GET, "/notifications/unread/count", Access::agent, Limit::general, Kind::read, count_unread,
       {"How many notifications you have not read", "", "UnreadCount"}},
      {POST, "/notifications/read-all", Access::agent, Limit::general, Kind::write, read_all,
       {"Mark all notifications as read", "", "ReadAllAnswer"}},
      {POST, "/notifications/:id/read", Access::agent, Limit::general, Kind::write, read_one,
       {"Mark a notification as read", "", "NotificationAnswer"}},
  };
}

}  // namespace notifications
