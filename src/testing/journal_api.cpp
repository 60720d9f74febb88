#include "testing/journal_api.h"

#include "core/json_writer.h"
#include "http/problem.h"
#include "http/query.h"
#include "journal/wire.h"

namespace testing {

using namespace http;

namespace {

using journal::Journal;

Reply list_requests(const Journal& journal, Call& call) {
  Query query(call.request);
  const journal::Page page = journal::read_page(journal, query);
  core::JsonWriter json;
  json.begin_object();
  journal::write_entries(json, page.entries);
  journal::write_next_cursor(json, page);
  json.end_object();
  return ok(json);
}

void wait_for_requests(Journal& journal, Waits& waits, Call& call, Respond respond) {
  Query query(call.request);
  auto tally = std::make_shared<journal::Tally>();
  tally->filter = journal::read_filter(query);
  const Patience patience = Patience::read(query, call.request);
  query.check();
  const auto look = [&journal, tally, patience]() -> std::optional<Reply> {
    journal.count(*tally);
    if (tally->count < patience.count) return std::nullopt;
    core::JsonWriter json;
    json.begin_object();
    journal::write_entries(json, journal.find(tally->filter));
    json.end_object();
    return ok(json);
  };
  const auto give_up = [tally, patience, id = call.request.id] {
    return problem(408,
                   std::to_string(tally->count) + " of " + std::to_string(patience.count) +
                       " requests came in time. GET /_test/requests shows which did; wait longer with timeout=SECONDS.",
                   id);
  };
  waits.add({look, give_up, std::move(respond)}, patience.timeout);
}

}  // namespace

Routes journal_routes(journal::Journal& journal, Waits& waits) {
  const auto list = [&journal](Call& call) { return list_requests(journal, call); };
  const auto clear = [&journal](Call&) {
    journal.clear();
    return no_content();
  };
  const auto wait = [&journal, &waits](Call& call, Respond respond) {
    wait_for_requests(journal, waits, call, std::move(respond));
  };
  return {
      {GET, "/_test/requests", Access::local, Limit::free, Kind::plain, list, {"The last requests, newest first"}},
      {DELETE, "/_test/requests", Access::local, Limit::free, Kind::plain, clear, {"Forget the requests so far"}},
      {.method = GET,
       .pattern = "/_test/requests/wait",
       .access = Access::local,
       .limit = Limit::free,
       .kind = Kind::later,
       .handler = {},
       .doc = {"Wait until that many requests match"},
       .later = wait},
  };
}

}  // namespace testing
