#include "testing/deliveries.h"

#include "core/json_writer.h"
#include "http/problem.h"
#include "http/query.h"
#include "journal/deliveries.h"

namespace testing {

using namespace http;

namespace {

using journal::WantedDeliveries;

Reply list_deliveries(Call& call) {
  Query query(call.request);
  const WantedDeliveries wanted = WantedDeliveries::read(query);
  query.check();
  core::JsonWriter json;
  json.begin_object();
  journal::write_deliveries(json, call.db(), wanted);
  json.end_object();
  return ok(json);
}

void wait_for_deliveries(storage::Store& store, Waits& waits, Call& call, Respond respond) {
  Query query(call.request);
  WantedDeliveries wanted = WantedDeliveries::read(query);
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
      json.begin_object();
      store.read([&](storage::Database& db) { seen->count = journal::write_deliveries(json, db, wanted); });
      json.end_object();
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
