// The network in numbers, from tallies that are kept with every change.

#include <array>

#include "core/json_writer.h"
#include "server/instance_routes.h"
#include "storage/database.h"

namespace server {
namespace {

constexpr std::array<std::string_view, 6> kKinds = {"agents", "organizations", "open_jobs",
                                                    "posts",  "comments",      "pinches"};
constexpr std::int64_t kEver = -1;

void write_tallies(core::JsonWriter& json, storage::Database& db, std::int64_t day) {
  for (const auto kind : kKinds) {
    json.field(kind, db.integer(R"sql(
        SELECT count
        FROM tallies
        WHERE kind = ?1
          AND day = ?2)sql", kind, day).value_or(0));
  }
}

// Of what was made today (UTC) and is still there.
http::Reply show_network_stats(http::Call& call) {
  core::JsonWriter json;
  json.begin_object().key("stats").begin_object();
  write_tallies(json, call.db(), kEver);
  json.key("today").begin_object();
  write_tallies(json, call.db(), call.now / core::kDay);
  json.end_object().end_object().end_object();
  return http::ok(json);
}

}  // namespace

http::Routes network_routes() {
  using http::Access, http::GET, http::Kind, http::Limit;
  return {
      {GET, "/stats/network", Access::open, Limit::general, Kind::read, show_network_stats,
       {"The network in numbers, and today's", "", "NetworkStats"}},
  };
}

}  // namespace server
