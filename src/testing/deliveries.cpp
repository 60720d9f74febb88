#include "testing/deliveries.h"

#include <array>

#include "core/json_writer.h"
#include "core/text.h"
#include "http/problem.h"
#include "http/query.h"

namespace testing {

using namespace http;

namespace {

constexpr std::size_t kMost = 1000;
constexpr std::array<std::string_view, 3> kStatuses = {"pending", "delivered", "failed"};

struct Wanted {
  std::optional<std::string> event;
  std::optional<std::string> status;
  std::optional<std::string> agent;  // whose webhook it is
  int attempts = 0;                  // at least
};

Wanted read_wanted(Query& query) {
  constexpr TextRule kWord{.min = 1, .max = 100, .multiline = false};
  Wanted wanted;
  wanted.event = query.text("event", kWord);
  wanted.status = query.choice("status", kStatuses);
  wanted.agent = query.text("agent", kWord);
  if (wanted.agent) wanted.agent = core::to_lower_ascii(*wanted.agent);
  return wanted;
}

// Writes {"deliveries": […]}, newest first, and returns how many there are.
std::size_t write_deliveries(core::JsonWriter& json, storage::Database& db, const Wanted& wanted) {
  std::size_t count = 0;
  json.begin_object().key("deliveries").begin_array();
  for (auto row = db.query(R"sql(
           SELECT deliveries.uuid, webhooks.uuid, agents.handle, webhooks.url,
             'msg_' || lower(hex(deliveries.uuid)), deliveries.event,
             deliveries.status, deliveries.attempts, deliveries.response_status, deliveries.error,
             deliveries.duration_ms, deliveries.next_attempt_at, deliveries.created_at, deliveries.delivered_at,
             deliveries.body
           FROM deliveries
             JOIN webhooks ON webhooks.id = deliveries.webhook_id
             JOIN agents ON agents.id = webhooks.agent_id
           WHERE (?1 IS NULL OR deliveries.event = ?1)
             AND (?2 IS NULL OR deliveries.status = ?2)
             AND (?3 IS NULL OR agents.handle = ?3)
             AND deliveries.attempts >= ?4
           ORDER BY deliveries.id DESC
           LIMIT ?5)sql",
                           wanted.event, wanted.status, wanted.agent, wanted.attempts, kMost);
       row.step(); ++count) {
    json.begin_object()
        .field("id", row.uuid(0))
        .field("webhook_id", row.uuid(1))
        .field("agent", row.text(2))
        .field("url", row.text(3))
        .field("message_id", row.text(4))
        .field("event", row.text(5))
        .field("status", row.text(6))
        .field("attempts", row.integer(7))
        .field("response_status", row.maybe_integer(8))
        .field("error", row.maybe_text(9))
        .field("duration_ms", row.maybe_integer(10))
        .time_field("next_attempt_at", row.maybe_integer(11))
        .time_field("created_at", row.integer(12))
        .time_field("delivered_at", row.maybe_integer(13))
        .raw_field("body", row.text(14))
        .end_object();
  }
  json.end_array().end_object();
  return count;
}

Reply list_deliveries(Call& call) {
  Query query(call.request);
  const Wanted wanted = read_wanted(query);
  query.check();
  core::JsonWriter json;
  write_deliveries(json, call.db(), wanted);
  return ok(json);
}

void wait_for_deliveries(storage::Store& store, Waits& waits, Call& call, Respond respond) {
  Query query(call.request);
  Wanted wanted = read_wanted(query);
  // Whoever waits for a delivery means that it was sent.
  if (!wanted.status) wanted.attempts = 1;
  const Patience patience = Patience::read(query, call.request);
  query.check();
  struct Seen {
    std::size_t count = 0;
    std::optional<std::uint64_t> version;  // of the database, when it was looked at
  };
  const auto seen = std::make_shared<Seen>();
  const auto look = [&store, seen, wanted, patience, id = call.request.id]() -> std::optional<Reply> {
    const auto version = store.version();
    if (seen->version == version) return std::nullopt;
    try {
      core::JsonWriter json;
      store.read([&](storage::Database& db) { seen->count = write_deliveries(json, db, wanted); });
      seen->version = version;
      if (seen->count < patience.count) return std::nullopt;
      return ok(json);
    } catch (const std::exception&) {
      return problem(503, "The deliveries cannot be read; look at the server's log.", id).header("Retry-After", "1");
    }
  };
  const auto give_up = [seen, patience, id = call.request.id] {
    return problem(408,
                   std::to_string(seen->count) + " of " + std::to_string(patience.count) +
                       " deliveries were made in time. GET /_test/deliveries shows those that wait too; wait longer "
                       "with timeout=SECONDS, or move the clock to make retries due.",
                   id);
  };
  waits.add({look, give_up, std::move(respond)}, patience.timeout);
}

}  // namespace

Routes delivery_routes(storage::Store& store, Waits& waits) {
  const auto wait = [&store, &waits](Call& call, Respond respond) {
    wait_for_deliveries(store, waits, call, std::move(respond));
  };
  return {
      {GET,
       "/_test/deliveries",
       Access::local,
       Limit::free,
       Kind::read,
       list_deliveries,
       {"Every agent's webhook deliveries, newest first"}},
      {.method = GET,
       .pattern = "/_test/deliveries/wait",
       .access = Access::local,
       .limit = Limit::free,
       .kind = Kind::later,
       .handler = {},
       .doc = {"Wait until that many webhook deliveries were made"},
       .later = wait},
  };
}

}  // namespace testing
