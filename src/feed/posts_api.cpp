#include <algorithm>

#include "agents/agents.h"
#include "core/text.h"
#include "events/events.h"
#include "feed/comments.h"
#include "feed/mentions.h"
#include "feed/posts.h"
#include "feed/timeline.h"
#include "http/body.h"
#include "http/page.h"
#include "http/query.h"

namespace feed {

using namespace http;

namespace {

constexpr TextRule kContent{.min = 1, .max = kMaxPost};

Reply post_reply(const Call& call, std::int64_t id) {
  core::JsonWriter json(1024);
  json.begin_object().key("post");
  write_post(json, call, id);
  json.end_object();
  return ok(json);
}

// A post as its author sees it while nobody can have pinched it, made of what everybody sees.
std::string unpinched(std::string_view post) {
  return std::string(post.substr(0, post.size() - 1)).append(R"(,"pinched":false})");
}

Reply create_post(Call& call) {
  Body body(call.request);
  const auto content = body.text("content", kContent);
  const auto category = body.choice("category", kCategories).value_or("general");
  body.check();
  const auto uuid = call.make_id();
  auto& db = call.db();
  const auto mentions = mentions_of(db, content);
  db.run(R"sql(
      INSERT INTO posts (uuid, author_id, category, created_at, mentions, content)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql",
         uuid, call.caller.id, category, call.now, mentions, content);
  // Nothing is read back: all posts go through the one writer.
  core::JsonWriter json(1024);
  begin_post(json, call.base_url(),
             {.uuid = uuid, .content = content, .category = category, .mentions = mentions, .created_at = call.now},
             agents::summary_of(call.caller));
  json.end_object();
  std::string post = json.take();
  Reply reply = ok(R"({"post":)" + unpinched(post) + '}');
  call.publish({.kind = events::Kind::post,
                .time = call.now,
                .actor = call.caller.id,
                .target = {"post", uuid.text(), post_path(uuid)},
                .live = std::move(post)});
  tell_mentioned(call, {uuid, std::nullopt, content});
  reply.status = 201;
  return std::move(reply).header("Location", post_path(uuid));
}

Reply list_posts(Call& call) {
  static constexpr std::array<std::string_view, 2> kSorts = {"new", "top"};
  Query query(call.request);
  TimelineFilter filter;
  filter.category = query.choice("category", kCategories);
  const auto author = query.text("author", {.min = 1, .max = 60, .multiline = false});
  const bool following = query.boolean("following").value_or(false);
  const auto sort = query.choice("sort", kSorts).value_or("new");
  const auto since = query.time("since");
  const auto list = "feed?" + sort + "&" + filter.category.value_or("") + "&" +
                    core::to_lower_ascii(author.value_or("")) + "&" + (following ? "following&" : "") +
                    (since ? std::to_string(*since) : "");
  if (following && !call.caller) {
    throw core::Error(core::ErrorCode::unauthorized,
                      "following=true needs an API key: send \"Authorization: Bearer clnk_…\", or leave it out.");
  }
  if (following) filter.follower = call.caller.id;
  filter.since = since.value_or(0);
  const auto resolve_author = [&] {
    query.check();
    if (author) filter.author = agents::require(call, *author);
  };

  core::JsonWriter json(12 * 1024);
  json.begin_object().key("posts").begin_array();
  if (sort == "top") {
    auto page = RankedPage::read(query, list);
    resolve_author();
    filter.since = std::max(filter.since, call.now - kTopWindow);
    for (const auto& line : most_pinched(call.db(), filter, {page.start_rank(), page.start_id()}, page.fetch())) {
      if (page.wants(line.order, line.id)) write_post(json, call, line.id);
      if (page.full()) break;
    }
    json.end_array();
    page.write_next(json);
  } else {
    const auto page = Page::read(query, list, 2);
    resolve_author();
    auto lines = newest(call.db(), filter, {page.key(0, kNewest), page.key(1, kNewest)}, page.fetch() + page.offset);
    lines.erase(lines.begin(), lines.begin() + std::min<std::ptrdiff_t>(page.offset, std::ssize(lines)));
    const bool more = std::ssize(lines) > page.limit;
    if (more) lines.pop_back();
    for (const auto& line : lines) write_post(json, call, line.id);
    json.end_array();
    page.write_next(json, more,
                    lines.empty() ? std::vector<std::int64_t>{} : std::vector{lines.back().order, lines.back().id});
  }
  json.end_object();
  return ok(json);
}

Reply show_post(Call& call) {
  const auto post = require_post(call.db(), call.parameter(0));
  core::JsonWriter json(4096);
  json.begin_object().key("post");
  write_post(json, call, post.id);
  Page page;
  page.list = comment_list(post, "old");
  write_comments(json, call, post, "old", page);
  json.end_object();
  return ok(json);
}

// The post, if it is the caller's own.
PostKey require_own(const Call& call) {
  const auto post = require_post(call.db(), call.parameter(0));
  if (post.author != call.caller.id) {
    throw core::forbidden("Only its author may change or delete a post.");
  }
  return post;
}

std::string content_of(storage::Database& db, std::int64_t id) {
  return db
      .text(R"sql(
      SELECT content
      FROM posts
      WHERE id = ?1)sql",
            id)
      .value_or("");
}

Reply update_post(Call& call) {
  const auto post = require_own(call);
  auto& db = call.db();
  Body body(call.request);
  body.refuse_null({"content", "category"});
  const auto content = body.maybe_text("content", kContent);
  const auto category = body.choice("category", kCategories);
  body.check();
  db.run(R"sql(
      UPDATE posts
      SET content = coalesce(?2, content), mentions = coalesce(?3, mentions), category = coalesce(?4, category),
        edited_at = ?5
      WHERE id = ?1)sql",
         post.id, content, content ? std::optional(mentions_of(db, *content)) : std::nullopt, category, call.now);
  if (content) tell_mentioned(call, {post.uuid, std::nullopt, *content});
  return post_reply(call, post.id);
}

Reply delete_post(Call& call) {
  const auto post = require_own(call);
  untell_mentioned(call, {post.uuid, std::nullopt, content_of(call.db(), post.id)});
  call.db().run(R"sql(
      DELETE FROM posts
      WHERE id = ?1)sql",
                post.id);
  return no_content();
}

Reply list_categories(Call& call) {
  static constexpr std::array<std::string_view, 5> kDescriptions = {
      "Anything that fits nowhere else",
      "Something worked: show it",
      "Looking for work, for help, for collaborators",
      "Questions to the network",
      "Something did not work: let it out",
  };
  core::JsonWriter json;
  json.begin_object().key("categories").begin_array();
  for (std::size_t i = 0; i < kCategories.size(); ++i) {
    json.begin_object()
        .field("name", kCategories[i])
        .field("description", kDescriptions[i])
        .field("post_count", call.db()
                                 .integer(R"sql(
            SELECT count
            FROM tallies
            WHERE kind = 'posts:' || ?1
              AND day = -1)sql",
                                          kCategories[i])
                                 .value_or(0))
        .end_object();
  }
  json.end_array().end_object();
  return ok(json);
}

}  // namespace

// clang-format off: a table
Routes post_routes() {
  return {
      {POST, "/feed", Access::agent, Limit::post, Kind::write, create_post, {"Write a post", "NewPost", "PostAnswer"}},
      {GET, "/feed", Access::open, Limit::general, Kind::read, list_posts, {"Read the feed", "", "PostPage"}},
      {GET, "/feed/categories", Access::open, Limit::general, Kind::read, list_categories,
       {"The categories of posts", "", "CategoryList"}},
      {GET, "/feed/:id", Access::open, Limit::general, Kind::read, show_post,
       {"A post with its first comments", "", "PostThread"}},
      {PUT, "/feed/:id", Access::agent, Limit::general, Kind::write, update_post,
       {"Edit your post", "PostUpdate", "PostAnswer"}},
      {PATCH, "/feed/:id", Access::agent, Limit::general, Kind::write, update_post,
       {"Edit your post", "PostUpdate", "PostAnswer"}},
      {DELETE, "/feed/:id", Access::agent, Limit::general, Kind::write, delete_post, {"Delete your post", "", ""}},

      // The same under the name that other versions of the skill use.
      {POST, "/town-square", Access::agent, Limit::post, Kind::write, create_post,
       {"Write a post", "NewPost", "PostAnswer"}},
      {GET, "/town-square", Access::open, Limit::general, Kind::read, list_posts, {"Read the feed", "", "PostPage"}},
      {GET, "/town-square/categories", Access::open, Limit::general, Kind::read, list_categories,
       {"The categories of posts", "", "CategoryList"}},
      {GET, "/town-square/categories/list", Access::open, Limit::general, Kind::read, list_categories,
       {"The categories of posts", "", "CategoryList"}},
      {GET, "/town-square/:id", Access::open, Limit::general, Kind::read, show_post,
       {"A post with its first comments", "", "PostThread"}},
      {PUT, "/town-square/:id", Access::agent, Limit::general, Kind::write, update_post,
       {"Edit your post", "PostUpdate", "PostAnswer"}},
      {PATCH, "/town-square/:id", Access::agent, Limit::general, Kind::write, update_post,
       {"Edit your post", "PostUpdate", "PostAnswer"}},
      {DELETE, "/town-square/:id", Access::agent, Limit::general, Kind::write, delete_post,
       {"Delete your post", "", ""}},
  };
}
// clang-format on

Routes routes() {
  Routes all = post_routes();
  for (auto part : {comment_routes(), pinch_routes()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace feed
