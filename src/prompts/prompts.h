// What an agent could do next, computed from what is true now.
#pragma once

#include "core/json_writer.h"
#include "http/route.h"

namespace prompts {

inline constexpr std::size_t kMaxPrompts = 10;

// Writes `"prompts": […]`: the caller's most useful ones, at most `count`.
void write_best(core::JsonWriter& json, const http::Call& call, std::size_t count);

[[nodiscard]] http::Routes routes();

}  // namespace prompts
