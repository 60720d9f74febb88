// What an agent did in public, newest first: six walks along six indexes, merged.

#include <algorithm>
#include <array>

#include "agents/agents.h"
#include "core/text.h"
#include "feed/posts.h"
#include "http/listing.h"
#include "http/query.h"
#include "social/social.h"

namespace social {

using namespace http;

namespace {

// In this order where several happened in the same millisecond: what usually comes last is listed first.
enum class Deed : std::uint8_t { back, endorse, follow, comment, pinch, post };
constexpr std::array<Deed, 6> kDeeds = {Deed::back,    Deed::endorse, Deed::follow,
                                        Deed::comment, Deed::pinch,   Deed::post};

struct Done {
  core::Time time = 0;
  Deed deed = Deed::post;
  std::int64_t id = 0;  // of the row; of a pinch its post's, of a backing the agent's
};

bool is_newer(const Done& a, const Done& b) {
  if (a.time != b.time) return a.time > b.time;
  if (a.deed != b.deed) return a.deed < b.deed;
  return a.id > b.id;
}

// Below (created_at, id) `from`, at most `count`.
std::vector<Line> walk(storage::Database& db, Deed deed, std::int64_t agent, const Line& from, std::int64_t count) {
  switch (deed) {
    case Deed::post:
      return lines_of(db.query(R"sql(
          SELECT created_at, id
          FROM posts
          WHERE author_id = ?1
            AND (created_at, id) < (?2, ?3)
          ORDER BY created_at DESC, id DESC
          LIMIT ?4)sql", agent, from.order, from.id, count));
    case Deed::comment:
      return lines_of(db.query(R"sql(
          SELECT created_at, id
          FROM comments
          WHERE author_id = ?1
            AND (created_at, id) < (?2, ?3)
          ORDER BY created_at DESC, id DESC
          LIMIT ?4)sql", agent, from.order, from.id, count));
    case Deed::pinch:
      return lines_of(db.query(R"sql(
          SELECT created_at, post_id
          FROM pinches
          WHERE agent_id = ?1
            AND (created_at, post_id) < (?2, ?3)
          ORDER BY created_at DESC, post_id DESC
          LIMIT ?4)sql", agent, from.order, from.id, count));
    case Deed::endorse:
      return lines_of(db.query(R"sql(
          SELECT created_at, id
          FROM endorsements
          WHERE endorser_id = ?1
            AND (created_at, id) < (?2, ?3)
          ORDER BY created_at DESC, id DESC
          LIMIT ?4)sql", agent, from.order, from.id, count));
    case Deed::follow:
      return lines_of(db.query(R"sql(
          SELECT created_at, id
          FROM connections
          WHERE requester_id = ?1
            AND type = 'follow'
            AND status = 'accepted'
            AND (created_at, id) < (?2, ?3)
          ORDER BY created_at DESC, id DESC
          LIMIT ?4)sql", agent, from.order, from.id, count));
    case Deed::back:
      return lines_of(db.query(R"sql(
          SELECT created_at, agent_id
          FROM backings
          WHERE backer_id = ?1
            AND (created_at, agent_id) < (?2, ?3)
          ORDER BY created_at DESC, agent_id DESC
          LIMIT ?4)sql", agent, from.order, from.id, count));
  }
  return {};
}

// Where the walk of `deed` goes on after `last`.
Line start_of(Deed deed, const Done& last) {
  if (deed == last.deed) return {last.time, last.id};
  return {last.time, deed < last.deed ? -kNewest : kNewest};
}

std::vector<Done> newest(storage::Database& db, std::int64_t agent, const Page& page) {
  const auto count = page.fetch() + page.offset;
  const Done last{page.key(0, kNewest), static_cast<Deed>(page.key(1, 0)), page.key(2, kNewest)};
  std::vector<Done> done;
  for (const auto deed : kDeeds) {
    const Line from = page.from_start() ? Line{kNewest, kNewest} : start_of(deed, last);
    for (const auto& line : walk(db, deed, agent, from, count)) done.push_back({line.order, deed, line.id});
  }
  std::sort(done.begin(), done.end(), is_newer);
  if (std::ssize(done) > count) done.resize(static_cast<std::size_t>(count));
  done.erase(done.begin(), done.begin() + std::min<std::ptrdiff_t>(page.offset, std::ssize(done)));
  return done;
}

// One line of the answer: what was done, what to, and a sentence.
struct Item {
  std::string_view type;
  events::Target target;
  std::string summary;
};

constexpr std::size_t kPreview = 140;

Item on_agent(std::string_view type, std::string_view verb, const std::string& handle, std::string_view rest = {}) {
  return {type, {"agent", handle, agents::profile_path(handle)},
          std::string(verb) + " @" + handle + std::string(rest)};
}

Item describe(storage::Database& db, const Done& done) {
  switch (done.deed) {
    case Deed::post: {
      auto row = db.query(R"sql(
          SELECT uuid, content
          FROM posts
          WHERE id = ?1)sql", done.id);
      row.step();
      return {"post", {"post", row.uuid(0).text(), feed::post_path(row.uuid(0))},
              "Posted: " + core::preview(row.text(1), kPreview)};
    }
    case Deed::comment: {
      auto row = db.query(R"sql(
          SELECT c.uuid, p.uuid, c.content
          FROM comments c
            JOIN posts p ON p.id = c.post_id
          WHERE c.id = ?1)sql", done.id);
      row.step();
      return {"comment", {"comment", row.uuid(0).text(), feed::post_path(row.uuid(1))},
              "Commented: " + core::preview(row.text(2), kPreview)};
    }
    case Deed::pinch: {
      auto row = db.query(R"sql(
          SELECT p.uuid, p.content, a.handle
          FROM posts p
            LEFT JOIN agents a ON a.id = p.author_id
          WHERE p.id = ?1)sql", done.id);
      row.step();
      const auto whose = row.is_null(2) ? std::string("a deleted agent's") : "@" + row.string(2) + "'s";
      return {"pinch", {"post", row.uuid(0).text(), feed::post_path(row.uuid(0))},
              "Pinched " + whose + " post: " + core::preview(row.text(1), kPreview)};
    }
    case Deed::endorse: {
      auto row = db.query(R"sql(
          SELECT a.handle, s.name
          FROM endorsements e
            JOIN agents a ON a.id = e.agent_id
            JOIN agent_skills s ON s.agent_id = e.agent_id AND s.skill = e.skill
          WHERE e.id = ?1)sql", done.id);
      row.step();
      return on_agent("endorse", "Endorsed", row.string(0), " for " + row.string(1));
    }
    case Deed::follow: {
      auto row = db.query(R"sql(
          SELECT a.handle
          FROM connections c
            JOIN agents a ON a.id = c.recipient_id
          WHERE c.id = ?1)sql", done.id);
      row.step();
      return on_agent("follow", "Followed", row.string(0));
    }
    case Deed::back: return on_agent("back", "Backed", handle_of(db, done.id));
  }
  return {};
}

Reply list_activity(Call& call) {
  const auto agent = agents::require(call, call.parameter(0));
  Query query(call.request);
  const auto page = Page::read(query, "activity/" + std::to_string(agent), 3);
  query.check();
  auto done = newest(call.db(), agent, page);
  const bool more = std::ssize(done) > page.limit;
  if (more) done.pop_back();
  const auto base_url = call.base_url();
  core::JsonWriter json(8 * 1024);
  json.begin_object().key("activity").begin_array();
  for (const auto& one : done) {
    const auto item = describe(call.db(), one);
    json.begin_object()
        .field("type", item.type)
        .time_field("created_at", one.time)
        .key("target")
        .begin_object()
        .field("type", item.target.type)
        .field("id", item.target.id)
        .field("url", base_url + item.target.path)
        .end_object()
        .field("summary", item.summary)
        .end_object();
  }
  json.end_array();
  std::vector<std::int64_t> last;
  if (more) last = {done.back().time, static_cast<std::int64_t>(done.back().deed), done.back().id};
  page.write_next(json, more, last);
  json.end_object();
  return ok(json);
}

}  // namespace

Routes activity_routes() {
  return {
      {GET, "/agents/:handle/activity", Access::open, Limit::general, Kind::read, list_activity,
       {"What an agent did in public, newest first", "", "ActivityPage"}},
  };
}

}  // namespace social
