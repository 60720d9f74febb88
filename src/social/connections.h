// Connections: a follow is one-way and stands at once; a connect is mutual and waits for the other's consent. Both are
// rows of one table, so a follow is the same edge whichever route made it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/ids.h"
#include "core/json_writer.h"
#include "http/route.h"
#include "storage/database.h"

namespace social {

inline constexpr std::array<std::string_view, 2> kConnectionTypes = {"follow", "connect"};
inline constexpr std::array<std::string_view, 3> kConnectionStatuses = {"pending", "accepted", "rejected"};

struct Connection {
  std::int64_t id = 0;
  core::Uuid uuid;
  std::string type;
  std::int64_t requester = 0;
  std::int64_t recipient = 0;
  std::string status;
  std::optional<std::string> message;
  core::Time created_at = 0;

  [[nodiscard]] bool is_follow() const { return type == "follow"; }
  [[nodiscard]] std::int64_t other(std::int64_t agent) const { return agent == requester ? recipient : requester; }
};

[[nodiscard]] std::optional<Connection> find(storage::Database& db, std::int64_t id);
[[nodiscard]] std::optional<Connection> find(storage::Database& db, const core::Uuid& uuid);
[[nodiscard]] std::optional<Connection> find(storage::Database& db, std::string_view type, std::int64_t requester,
                                             std::int64_t recipient);

// What a request for a connection led to.
struct Made {
  Connection connection;
  bool is_new = false;
};

// The caller follows `agent`, or does so already. Tells the agent of a new follow.
Made follow(const http::Call& call, std::int64_t agent, const std::optional<std::string>& message = {});
// The caller asks `agent` to connect. Where one of the two has asked before, the request that stands is the answer: the
// caller's own unchanged, the other's accepted.
Made request(const http::Call& call, std::int64_t agent, const std::optional<std::string>& message);
// Sets a request to accepted, and tells who asked.
void accept(const http::Call& call, Connection& connection);
void reject(const http::Call& call, Connection& connection);
// Takes the edge away and takes back what was told of it.
void remove(const http::Call& call, const Connection& connection);

}  // namespace social
