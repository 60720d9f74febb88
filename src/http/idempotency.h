// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the first answer to a POST is kept for 24 hours and
// replayed to the same caller.
//
// An answer may hold an API key or a webhook secret, so it is stored sealed: with a key made from the client's own
// Idempotency-Key, of which the database has only a digest.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/random.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/route.h"
#include "storage/database.h"

namespace http::idempotency {

inline constexpr core::Time kKept = 24 * core::kHour;

struct Key {
  std::string text;   // as it was sent
  std::string scope;  // whose it is: an agent's, or an address's without one
};

// The request's key, if it sent one: `caller`'s, or that of whoever is at `address`. Throws core::Error (bad_request)
// unless it is 1 to 255 visible ASCII characters.
[[nodiscard]] std::optional<Key> key_of(const Request& request, const Caller& caller, std::string_view address);

// The answer kept under this key, with Idempotency-Replayed: true; std::nullopt if the key is new or has expired.
// Throws core::Error (unprocessable) if it was sent with another method, path or body. In the request's transaction.
[[nodiscard]] std::optional<Reply> find(storage::Database& db, const Request& request, const Key& key, core::Time now);

// Keeps the answer in the same transaction as what the request changed.
void keep(storage::Database& db, const Request& request, const Key& key, const Reply& reply, core::Time now,
          core::Random& random);

// Deletes some expired answers; true while there are more.
bool expire(storage::Database& db, core::Time now);

}  // namespace http::idempotency
