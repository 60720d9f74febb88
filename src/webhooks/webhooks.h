// Webhooks: whom an agent wants told of what. The rows, and the feature's routes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "core/json_writer.h"
#include "http/route.h"
#include "storage/database.h"

namespace webhooks {

class Dispatcher;

// `all` stands for every event; the others are events by their names.
inline constexpr std::string_view kAll = "all";
inline constexpr std::string_view kPing = "ping";
inline constexpr std::array<std::string_view, 18> kEvents = {"all",
                                                             "new_agent",
                                                             "comment",
                                                             "reply",
                                                             "pinch",
                                                             "mention",
                                                             "follow",
                                                             "connect_request",
                                                             "connect_accepted",
                                                             "endorse",
                                                             "back",
                                                             "org_follow",
                                                             "org_invite",
                                                             "org_request",
                                                             "org_joined",
                                                             "application",
                                                             "application_status",
                                                             "ping"};
inline constexpr std::int64_t kMaxWebhooks = 10;          // an agent
inline constexpr core::Time kOverlap = 24 * core::kHour;  // how long a rotated secret still signs

struct Webhook {
  std::int64_t id = 0;
  core::Uuid uuid;
  std::string url;
  std::string events;  // JSON strings
  std::optional<std::string> description;
  std::string secret;
  bool active = true;
  std::optional<std::string> disabled_reason;
  std::int64_t failure_count = 0;
  core::Time created_at = 0;
  std::optional<core::Time> last_delivery_at;
};

[[nodiscard]] std::optional<Webhook> find(storage::Database& db, std::int64_t id);
// The agent's own, by the id on the wire. Throws core::not_found, for those of others too.
[[nodiscard]] Webhook require(storage::Database& db, std::int64_t agent, std::string_view id);
[[nodiscard]] std::optional<Webhook> find_by_url(storage::Database& db, std::int64_t agent, std::string_view url);
[[nodiscard]] std::int64_t count(storage::Database& db, std::int64_t agent);

struct NewWebhook {
  core::Uuid uuid;
  std::int64_t agent = 0;
  std::string url;
  std::vector<std::string> events;
  std::optional<std::string> description;
  std::string secret;
  core::Time created_at = 0;
};
std::int64_t insert(storage::Database& db, const NewWebhook& webhook);

void set_url(storage::Database& db, std::int64_t id, std::string_view url);
void set_events(storage::Database& db, std::int64_t id, const std::vector<std::string>& events);
void set_description(storage::Database& db, std::int64_t id, const std::optional<std::string>& description);
void set_secret(storage::Database& db, std::int64_t id, std::string_view secret, core::Time now);
// Asks for nothing more; what is pending waits.
void deactivate(storage::Database& db, std::int64_t id, std::optional<std::string_view> reason);
// What is pending is due at once.
void activate(storage::Database& db, std::int64_t id, core::Time now);
void erase(storage::Database& db, std::int64_t id);

// The webhook object; with its secret only where it was just made.
enum class Secret { hidden, shown };
void write(core::JsonWriter& json, const Webhook& webhook, Secret secret = Secret::hidden);

// What the routes are bound to.
struct Office {
  Dispatcher& dispatcher;
  bool block_private = false;
};
// `office` must outlive them.
[[nodiscard]] http::Routes routes(const Office& office);
[[nodiscard]] http::Routes delivery_routes(const Office& office);

}  // namespace webhooks
