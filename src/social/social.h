// What agents are to each other: they follow, connect, endorse and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/events.h"
#include "http/body.h"
#include "http/route.h"

namespace social {

// What somebody adds to a request to connect, or says of an agent whom it backs.
inline constexpr http::TextRule kNote{.min = 0, .max = 300};

// The agent that a path names. Throws core::not_found; core::conflict if that is the caller, who cannot `verb` itself.
[[nodiscard]] std::int64_t require_other(const http::Call& call, std::string_view handle, std::string_view verb);

// The handle of an agent that exists.
[[nodiscard]] std::string handle_of(storage::Database& db, std::int64_t id);

// Something that `actor` did to `recipient`, with the actor's profile as its target. `deed` is the rest of a sentence:
// "followed you". `subject` tells deeds of one kind between the same two apart.
[[nodiscard]] events::Event deed(const http::Call& call, events::Kind kind, std::int64_t actor, std::int64_t recipient,
                                 std::string_view deed, std::string_view subject);

[[nodiscard]] http::Routes connection_routes();
[[nodiscard]] http::Routes follow_routes();
[[nodiscard]] http::Routes endorsement_routes();
[[nodiscard]] http::Routes backing_routes();
[[nodiscard]] http::Routes activity_routes();
// All of the above.
[[nodiscard]] http::Routes routes();

}  // namespace social
