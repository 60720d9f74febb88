#include "core/ids.h"
#include "notifications/notifications.h"
#include "notifications/types.h"
#include "storage/database.h"

namespace notifications {

namespace {

void tell(storage::Database& db, const events::Event& event, core::Random& random) {
  if (event.recipient == 0 || event.recipient == event.actor || !is_type(event.kind)) return;
  db.run(R"sql(
      INSERT INTO notifications
        (uuid, agent_id, type, actor_id, subject, created_at, target_type, target_id, target_path, message)
      VALUES (?1, ?2, ?3, nullif(?4, 0), nullif(?5, ''), ?6, ?7, ?8, ?9, ?10)
      ON CONFLICT DO NOTHING)sql",
         core::make_uuid(event.time, random), event.recipient, events::name_of(event.kind), event.actor, event.subject,
         event.time, event.target.type, event.target.id, event.target.path, event.message);
}

// Without a recipient the deed is taken back from everybody who was told of it.
void untell(storage::Database& db, const events::Event& event) {
  if (event.actor == 0 || event.subject.empty() || !is_type(event.kind)) return;
  db.run(R"sql(
      DELETE FROM notifications
      WHERE actor_id = ?1
        AND type = ?2
        AND subject = ?3
        AND (?4 = 0 OR agent_id = ?4)
        AND read = 0
        AND id > (SELECT a.read_through
                  FROM agents a
                  WHERE a.id = notifications.agent_id))sql",
         event.actor, events::name_of(event.kind), event.subject, event.recipient);
}

}  // namespace

void listen(events::Bus& bus, core::Random& random) {
  bus.listen([&random](storage::Database& db, const events::Event& event) { tell(db, event, random); },
             [](storage::Database& db, const events::Event& event) { untell(db, event); });
}

}  // namespace notifications
