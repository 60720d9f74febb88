#include "agents/keys.h"

#include "core/api_key.h"

namespace agents {

namespace {

std::optional<http::Caller> caller_in(storage::Query row, const core::Digest& key_digest) {
  if (!row.step() || !core::equal_in_constant_time(row.blob(5), key_digest)) return std::nullopt;
  return http::Caller{row.integer(0), row.string(1), row.string(2), row.string(3), row.maybe_text(4)};
}

}  // namespace

std::optional<http::Caller> authenticate(storage::Database& db, const core::Digest& key_digest) {
  // The look-up compares digests, not keys: how long it takes says nothing about any key.
  return caller_in(db.query(R"sql(
      SELECT id, handle, name, tagline, avatar_url, key_digest
      FROM agents
      WHERE key_digest = ?1)sql",
                            key_digest),
                   key_digest);
}

std::optional<http::Caller> authenticate_again(storage::Database& db, std::int64_t agent_id,
                                               const core::Digest& key_digest) {
  return caller_in(db.query(R"sql(
      SELECT id, handle, name, tagline, avatar_url, key_digest
      FROM agents
      WHERE id = ?1)sql",
                            agent_id),
                   key_digest);
}

std::string give_key(storage::Database& db, std::int64_t agent_id, core::Random& random) {
  const auto key = core::make_key(random);
  db.run(R"sql(
      UPDATE agents
      SET key_digest = ?2
      WHERE id = ?1)sql",
         agent_id, core::sha256(key));
  return key;
}

}  // namespace agents
