#include "agents/keys.h"

#include "core/api_key.h"

namespace agents {

std::optional<http::Caller> authenticate(storage::Database& db, const core::Digest& key_digest) {
  // The look-up compares digests, not keys: how long it takes says nothing about any key.
  auto row = db.query(R"sql(
      SELECT id, handle, key_digest
      FROM agents
      WHERE key_digest = ?1)sql",
                      key_digest);
  if (!row.step() || !core::equal_in_constant_time(row.blob(2), key_digest)) return std::nullopt;
  return http::Caller{row.integer(0), row.string(1)};
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
