#include "http/idempotency.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/crypto.h"
#include "core/error.h"

namespace http::idempotency {

namespace {

std::string scope_of(const Caller& caller, std::string_view address) {
  if (caller) return std::to_string(caller.id);
  return "address " + core::to_base64url(core::sha256(address));
}

core::Digest digest_of(const Request& request) {
  std::string text;
  text.append(request.method_name).append(" ").append(request.target).append("\n").append(request.body);
  return core::sha256(text);
}

core::Digest sealing_key(const Key& key) {
  return core::hmac_sha256(key.text, std::string("sealed answer for ").append(key.scope));
}

// A length in four bytes, then the text.
void put(std::string& out, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(size >> shift & 0xff));
  out.append(text);
}

std::string_view get(std::string_view& in) {
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size |= static_cast<std::uint32_t>(static_cast<unsigned char>(in[i])) << (8 * i);
  const auto text = in.substr(4, size);
  in.remove_prefix(4 + size);
  return text;
}

// Header names in a Reply are constants; these are the ones that a handler's answer may carry.
constexpr std::string_view kKeptHeaders[] = {"Location", "Retry-After"};

std::string pack(const Reply& reply) {
  std::string packed;
  put(packed, reply.content_type);
  put(packed, reply.body);
  for (const auto name : kKeptHeaders) {
    const auto* value = reply.find_header(name);
    put(packed, value != nullptr ? *value : "");
  }
  return packed;
}

Reply unpack(int status, std::string_view packed) {
  Reply reply{.status = status};
  const auto type = get(packed);
  reply.content_type = type == kProblem ? kProblem : type.empty() ? std::string_view() : kJson;
  reply.body = get(packed);
  for (const auto name : kKeptHeaders) {
    if (const auto value = get(packed); !value.empty()) reply.header(name, std::string(value));
  }
  return reply.header("Idempotency-Replayed", "true"), reply;
}

}  // namespace

std::optional<Key> key_of(const Request& request, const Caller& caller, std::string_view address) {
  const auto header = request.header("idempotency-key");
  if (!header) return std::nullopt;
  std::string_view key = *header;
  // The draft makes it a structured-field string, in quotes; most clients send it bare.
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
  const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (key.empty() || key.size() > 255 || !visible) {
    throw core::bad_field("Idempotency-Key",
                          "Idempotency-Key must be 1 to 255 visible ASCII characters, for example a UUID.");
  }
  return Key{std::string(key), scope_of(caller, address)};
}

std::optional<Reply> find(storage::Database& db, const Request& request, const Key& key, core::Time now) {
  auto row = db.query(R"sql(
      SELECT request, status, answer
      FROM idempotency
      WHERE scope = ?1
        AND key_digest = ?2
        AND created_at > ?3)sql",
                      key.scope, core::sha256(key.text), now - kKept);
  if (!row.step()) return std::nullopt;
  if (!core::equal_in_constant_time(row.blob(0), digest_of(request))) {
    throw core::Error(core::ErrorCode::unprocessable,
                      "This Idempotency-Key was sent before with another request. Use a new key for a new request.");
  }
  const auto packed = core::open(sealing_key(key), core::text_of(row.blob(2)));
  if (!packed) return std::nullopt;
  return unpack(static_cast<int>(row.integer(1)), *packed);
}

void keep(storage::Database& db, const Request& request, const Key& key, const Reply& reply, core::Time now,
          core::Random& random) {
  std::array<std::uint8_t, 12> nonce{};
  random.fill(nonce);
  const auto sealed = core::seal(sealing_key(key), pack(reply), nonce);
  db.run(R"sql(
      INSERT INTO idempotency (scope, key_digest, request, status, answer, created_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      ON CONFLICT DO UPDATE SET request = excluded.request, status = excluded.status, answer = excluded.answer,
        created_at = excluded.created_at)sql",
         key.scope, core::sha256(key.text), digest_of(request), reply.status, core::bytes_of(sealed), now);
}

bool expire(storage::Database& db, core::Time now) {
  constexpr int kSome = 200;
  return db.run(R"sql(
      DELETE FROM idempotency
      WHERE (scope, key_digest) IN (SELECT scope, key_digest
                                    FROM idempotency
                                    WHERE created_at <= ?1
                                    ORDER BY created_at
                                    LIMIT ?2))sql",
                now - kKept, kSome) == kSome;
}

}  // namespace http::idempotency
