// Comments under posts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/json_writer.h"
#include "feed/posts.h"
#include "http/page.h"
#include "http/route.h"

namespace feed {

void write_comment(core::JsonWriter& json, const http::Call& call, std::int64_t id);

// Writes `"comments": […], "next_cursor": …`, a page of the post's comments; `sort` is old or new.
void write_comments(core::JsonWriter& json, const http::Call& call, const PostKey& post, std::string_view sort,
                    const http::Page& page);
// The name to which such pages' cursors are bound.
[[nodiscard]] std::string comment_list(const PostKey& post, std::string_view sort);

}  // namespace feed
