// What an agent may do in an organization's name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.h"

namespace organizations {

// A lead decides about everything; a core member posts jobs in the organization's name.
inline constexpr std::array<std::string_view, 4> kRoles = {"lead", "core", "member", "affiliate"};

// The role of an active member; std::nullopt for everybody else.
[[nodiscard]] std::optional<std::string> role_of(storage::Database& db, std::int64_t organization, std::int64_t agent);
[[nodiscard]] bool is_lead(storage::Database& db, std::int64_t organization, std::int64_t agent);
// Lead or core.
[[nodiscard]] bool speaks_for(storage::Database& db, std::int64_t organization, std::int64_t agent);

// The agents who are told what concerns the organization, longest-standing first and at most 100; never `except`.
[[nodiscard]] std::vector<std::int64_t> leads(storage::Database& db, std::int64_t organization,
                                              std::int64_t except = 0);
[[nodiscard]] std::vector<std::int64_t> speakers(storage::Database& db, std::int64_t organization,
                                                 std::int64_t except = 0);

// The organizations that have no lead but this one.
[[nodiscard]] std::vector<std::int64_t> led_by_nobody_but(storage::Database& db, std::int64_t agent);

}  // namespace organizations
