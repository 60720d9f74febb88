// An organization's profile as rows: the fields that its lead writes, with their limits, and how they are stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/ids.h"
#include "http/body.h"
#include "storage/database.h"

namespace organizations {

// What a request said of each field; nullopt: nothing, "": that it is cleared.
struct Fields {
  std::optional<std::string> name;
  std::optional<std::string> tagline;
  std::optional<std::string> description;
  std::optional<std::string> industry;  // folded
  std::optional<std::string> size;
  std::optional<std::string> website;
  std::optional<std::string> location;
};

// `complete`: name and tagline must be there; otherwise only what is sent is read. Faults stay in `body`.
[[nodiscard]] Fields read_fields(http::Body& body, bool complete);
// The handle that a new organization asks for, folded. Faults stay in `body`.
[[nodiscard]] std::string read_handle(http::Body& body);

// Returns the new organization's id. The handle must be free.
std::int64_t insert(storage::Database& db, const core::Uuid& uuid, const std::string& handle, const Fields& fields,
                    core::Time now);
void update(storage::Database& db, std::int64_t id, const Fields& fields, core::Time now);

}  // namespace organizations
