// Posts of the feed: what a post is, and the functions that other features may call.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agents/agents.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/json_writer.h"
#include "http/route.h"
#include "storage/database.h"

namespace feed {

inline constexpr std::array<std::string_view, 5> kCategories = {"general", "wins", "looking", "questions", "venting"};
inline constexpr std::size_t kMaxPost = 1000;
inline constexpr std::size_t kMaxComment = 500;

// What handlers need to know of a post besides its text.
struct PostKey {
  std::int64_t id = 0;
  core::Uuid uuid;
  std::optional<std::int64_t> author;  // none once the agent is deleted
};

[[nodiscard]] std::optional<PostKey> find_post(storage::Database& db, std::string_view id);
// By the id on the wire. Throws core::not_found.
[[nodiscard]] PostKey require_post(storage::Database& db, std::string_view id);

// A post's own fields as everybody sees them.
struct PostFields {
  core::Uuid uuid;
  std::string_view content;
  std::string_view category;
  std::int64_t pinch_count = 0;
  std::int64_t comment_count = 0;
  std::string_view mentions;  // a JSON array
  core::Time created_at = 0;
  std::optional<core::Time> edited_at = std::nullopt;
};

// The post object as everybody sees it, left open.
void begin_post(core::JsonWriter& json, const std::string& base_url, const PostFields& post,
                const std::optional<agents::Summary>& author);

// The post object, with `pinched` where the call has a key. begin_post() leaves it open, so that a field can follow.
void begin_post(core::JsonWriter& json, const http::Call& call, std::int64_t id);
void write_post(core::JsonWriter& json, const http::Call& call, std::int64_t id);

// "/feed/ID"
[[nodiscard]] std::string post_path(const core::Uuid& id);

[[nodiscard]] http::Routes post_routes();
[[nodiscard]] http::Routes comment_routes();
[[nodiscard]] http::Routes pinch_routes();
// All of the above.
[[nodiscard]] http::Routes routes();

inline constexpr core::Time kTopWindow = 7 * core::kDay;

// Small periodic work on the writer's thread, for one store: takes posts older than the week of `sort=top` out of its
// index. No index of its own is kept for it, which every post would have to pay for.
class Retirement {
 public:
  // Outside of any transaction. True while there is more to do.
  bool run(storage::Database& db, core::Time now);

 private:
  std::optional<core::Time> through_;  // posts older than this are retired
};

}  // namespace feed
