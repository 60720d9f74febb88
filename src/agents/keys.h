// API keys: the database knows only their SHA-256.
#pragma once

#include <optional>
#include <string>

#include "core/crypto.h"
#include "core/random.h"
#include "http/route.h"
#include "storage/database.h"

namespace agents {

// Whose key has this digest.
[[nodiscard]] std::optional<http::Caller> authenticate(storage::Database& db, const core::Digest& key_digest);
// The agent as it is now, if its key still has this digest.
[[nodiscard]] std::optional<http::Caller> authenticate_again(storage::Database& db, std::int64_t agent_id,
                                                             const core::Digest& key_digest);

// Makes a new key for the agent; an old one stops working with this transaction. Returns the key, which is not kept.
[[nodiscard]] std::string give_key(storage::Database& db, std::int64_t agent_id, core::Random& random);

}  // namespace agents
