#include "core/error.h"
#include "core/json_writer.h"
#include "core/stopwatch.h"
#include "testing/states.h"

namespace testing {

using namespace http;

namespace {

constexpr std::size_t kLongestName = 60;

const std::string& name_in(const Call& call) {
  const std::string& name = call.parameter(0);
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  if (name.empty() || name.size() > kLongestName || name.find_first_not_of(kAllowed) != std::string::npos) {
    throw core::bad_field("name", "A snapshot's name must be 1 to 60 of a-z, 0-9, _ and -.");
  }
  return name;
}

void write(core::JsonWriter& json, const Snapshot& snapshot) {
  json.begin_object()
      .field("name", snapshot.name)
      .field("bytes", snapshot.bytes)
      .time_field("created_at", snapshot.created_at)
      .end_object();
}

Reply show(const Snapshot& snapshot) {
  core::JsonWriter json;
  json.begin_object().key("snapshot");
  write(json, snapshot);
  json.end_object();
  return ok(json);
}

Reply reset(States& states) {
  const auto started = core::stopwatch_us();
  states.reset();
  core::JsonWriter json;
  json.begin_object()
      .field("reset", true)
      .field("duration_ms", static_cast<double>(core::stopwatch_us() - started) / 1000.0)
      .end_object();
  return ok(json);
}

Reply keep(States& states, Call& call) {
  const std::string& name = name_in(call);
  const bool fresh = states.keep(name, call.now);
  auto reply = show(states.require(name));
  if (!fresh) return reply;
  reply.status = 201;
  return std::move(reply).header("Location", call.base_url() + "/_test/snapshots/" + name);
}

Reply list(const States& states) {
  core::JsonWriter json;
  json.begin_object().key("snapshots").begin_array();
  for (const Snapshot& snapshot : states.all()) write(json, snapshot);
  json.end_array().key("next_cursor").null().end_object();
  return ok(json);
}

}  // namespace

Routes state_routes(States& states) {
  constexpr auto kLocal = Access::local;
  constexpr auto kFree = Limit::free;
  constexpr auto kPlain = Kind::plain;
  const auto forget = [&states](Call& call) {
    states.forget(name_in(call));
    return no_content();
  };
  return {
      {POST,
       "/_test/reset",
       kLocal,
       kFree,
       kPlain,
       [&states](Call&) { return reset(states); },
       {"Back to the state at start"}},
      {GET,
       "/_test/snapshots",
       kLocal,
       kFree,
       kPlain,
       [&states](Call&) { return list(states); },
       {"The states that are kept"}},
      {POST,
       "/_test/snapshots/:name",
       kLocal,
       kFree,
       kPlain,
       [&states](Call& call) { return keep(states, call); },
       {"Keep the present state"}},
      {GET,
       "/_test/snapshots/:name",
       kLocal,
       kFree,
       kPlain,
       [&states](Call& call) { return show(states.require(name_in(call))); },
       {"A state that is kept"}},
      {DELETE, "/_test/snapshots/:name", kLocal, kFree, kPlain, forget, {"Forget a kept state"}},
      {POST,
       "/_test/snapshots/:name/restore",
       kLocal,
       kFree,
       kPlain,
       [&states](Call& call) { return show(states.restore(name_in(call))); },
       {"Bring a kept state back"}},
  };
}

}  // namespace testing
