#include "testing/seed.h"

#include <algorithm>

#include "core/json_writer.h"
#include "http/body.h"

namespace testing {

using namespace http;

namespace {

constexpr core::Time kFirstId = core::SystemRandom::kFirstSeededId;
constexpr core::Time kLastId = kFirstId + 3'650 * core::kDay;  // no seeded id comes that far

core::Time time_of(const core::Uuid& id) {
  core::Time time = 0;
  for (std::size_t i = 0; i < 6; ++i) time = time << 8 | id.bytes[i];
  return time;
}

core::Uuid first_id_at(core::Time time) {
  core::Uuid id;
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(time >> (40 - 8 * i));
  return id;
}

// The first time that no seeded id in the database has.
core::Time first_free_id(storage::Database& db) {
  core::Time first = kFirstId;
  for (auto row = db.query(R"sql(
           SELECT max(uuid) FROM agents WHERE uuid BETWEEN ?1 AND ?2
           UNION ALL SELECT max(uuid) FROM organizations WHERE uuid BETWEEN ?1 AND ?2
           UNION ALL SELECT max(uuid) FROM jobs WHERE uuid BETWEEN ?1 AND ?2
           UNION ALL SELECT max(uuid) FROM applications WHERE uuid BETWEEN ?1 AND ?2
           UNION ALL SELECT max(uuid) FROM posts WHERE uuid BETWEEN ?1 AND ?2
           UNION ALL SELECT max(uuid) FROM comments WHERE uuid BETWEEN ?1 AND ?2
           UNION ALL SELECT max(uuid) FROM connections WHERE uuid BETWEEN ?1 AND ?2
           UNION ALL SELECT max(uuid) FROM notifications WHERE uuid BETWEEN ?1 AND ?2
           UNION ALL SELECT max(uuid) FROM webhooks WHERE uuid BETWEEN ?1 AND ?2
           UNION ALL SELECT max(uuid) FROM deliveries WHERE uuid BETWEEN ?1 AND ?2)sql",
                           first_id_at(kFirstId), first_id_at(kLastId));
       row.step();) {
    if (!row.is_null(0)) first = std::max(first, time_of(row.uuid(0)) + 1);
  }
  return first;
}

Reply show(const Seed& seed) {
  core::JsonWriter json;
  json.begin_object().field("seed", seed.number()).end_object();
  return ok(json);
}

Reply put_seed(Seed& seed, Call& call) {
  Body body(parse_json(call.request.body));
  const auto number = body.integer("seed", 0, INT64_MAX);
  if (!body.has("seed")) body.fault("seed", "seed must be a whole number, or null for real randomness.");
  body.check();
  number ? seed.plant(static_cast<std::uint64_t>(*number)) : seed.release();
  return show(seed);
}

}  // namespace

void Seed::plant(std::uint64_t number) {
  core::Time first = kFirstId;
  store_.read([&first](storage::Database& db) { first = first_free_id(db); });
  const std::lock_guard lock(mutex_);
  number_ = number;
  random_.seed(number, first);
  chance_.seed(~number, first);
}

void Seed::release() {
  const std::lock_guard lock(mutex_);
  number_.reset();
  random_.release();
  chance_.release();
}

std::optional<std::uint64_t> Seed::number() const {
  const std::lock_guard lock(mutex_);
  return number_;
}

Routes seed_routes(Seed& seed) {
  const auto get = [&seed](Call&) { return show(seed); };
  const auto put = [&seed](Call& call) { return put_seed(seed, call); };
  return {
      {GET, "/_test/seed", Access::local, Limit::free, Kind::plain, get, {"The seed, if there is one"}},
      {PUT, "/_test/seed", Access::local, Limit::free, Kind::plain, put, {"Make ids, keys and secrets reproducible"}},
      {PATCH, "/_test/seed", Access::local, Limit::free, Kind::plain, put, {"Make ids, keys and secrets reproducible"}},
  };
}

}  // namespace testing
