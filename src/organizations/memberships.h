// Who belongs to an organization, who asked to, and who was invited. Nobody becomes a member without their own consent
// and the organization's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "http/body.h"
#include "http/page.h"
#include "storage/database.h"

namespace organizations {

inline constexpr http::TextRule kMembershipTitle{.min = 0, .max = 100, .multiline = false};
inline constexpr http::TextRule kMembershipMessage{.min = 0, .max = 300};

struct Membership {
  std::int64_t organization = 0;
  std::int64_t agent = 0;
  std::string status;  // requested (the agent asked), invited (a lead asked), active (both agreed)
  std::string role;
  std::optional<std::string> title;
  std::optional<std::string> message;  // of who asked to join
  std::optional<std::int64_t> inviter;
  core::Time created_at = 0;
  std::optional<core::Time> joined_at;
};

[[nodiscard]] std::optional<Membership> find_membership(storage::Database& db, std::int64_t organization,
                                                        std::int64_t agent);
void insert(storage::Database& db, const Membership& membership);
// Writes status, role, title, message, inviter and joined_at.
void update(storage::Database& db, const Membership& membership);
void erase(storage::Database& db, const Membership& membership);

// Lines (joined_at, or created_at of pending ones; agent) of one status, newest first, below `from`, at most `count`,
// without the first `offset`.
[[nodiscard]] std::vector<http::Line> members(storage::Database& db, std::int64_t organization, std::string_view status,
                                              http::Line from, std::int64_t count, std::int64_t offset = 0);

}  // namespace organizations
