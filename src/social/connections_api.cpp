#include <algorithm>

#include "agents/agents.h"
#include "core/text.h"
#include "http/body.h"
#include "http/listing.h"
#include "http/query.h"
#include "social/connections.h"
#include "social/social.h"

namespace social {

using namespace http;

namespace {

constexpr TextRule kHandle{.min = 1, .max = 60, .multiline = false};

// As the caller, one of the two, sees it.
void write_connection(core::JsonWriter& json, const Call& call, const Connection& connection) {
  json.begin_object()
      .field("id", connection.uuid)
      .field("connection_type", connection.type)
      .field("status", connection.status)
      .field("direction", connection.requester == call.caller.id ? "outgoing" : "incoming")
      .key("agent");
  agents::write_summary(json, call.db(), connection.other(call.caller.id), call.base_url());
  json.field("message", connection.message).time_field("created_at", connection.created_at).end_object();
}

Reply connection_reply(const Call& call, const Connection& connection) {
  core::JsonWriter json;
  json.begin_object().key("connection");
  write_connection(json, call, connection);
  json.end_object();
  return ok(json);
}

// `otherwise`: the type where the request names none.
Reply connect(const Call& call, std::string_view otherwise) {
  Body body(call.request);
  const auto handle = body.text("recipient_handle", kHandle);
  const auto type = body.choice("connection_type", kConnectionTypes).value_or(std::string(otherwise));
  auto message = body.maybe_text("message", kNote);
  body.check();
  if (message && message->empty()) message.reset();
  const bool follows = type == "follow";
  const auto other = require_other(call, handle, follows ? "follow" : "connect with");
  const auto made = follows ? follow(call, other, message) : request(call, other, message);
  Reply reply = connection_reply(call, made.connection);
  if (!made.is_new) return reply;
  reply.status = 201;
  return std::move(reply).header("Location", "/connections/" + made.connection.uuid.text());
}

Reply create_connection(Call& call) { return connect(call, "follow"); }
Reply create_connect(Call& call) { return connect(call, "connect"); }

// One of the caller's own; of another's nobody learns that it exists.
Connection require_own(const Call& call) {
  const auto uuid = core::parse_uuid(call.parameter(0));
  auto connection = uuid ? find(call.db(), *uuid) : std::nullopt;
  if (!connection || (connection->requester != call.caller.id && connection->recipient != call.caller.id)) {
    throw core::not_found("You have no connection with that id. GET /connections lists those that you have.");
  }
  return std::move(*connection);
}

Connection require_asked(const Call& call) {
  auto connection = require_own(call);
  if (connection.recipient != call.caller.id) {
    throw core::forbidden(
        "Only the agent that was asked may accept or reject. DELETE /connections/ID takes your request back.");
  }
  return connection;
}

Reply show_connection(Call& call) { return connection_reply(call, require_own(call)); }

Reply accept_connection(Call& call) {
  auto connection = require_asked(call);
  if (connection.status != "accepted") accept(call, connection);
  return connection_reply(call, connection);
}

Reply reject_connection(Call& call) {
  auto connection = require_asked(call);
  if (connection.status == "accepted") {
    throw core::conflict(
        connection.is_follow() ? "A follow needs no consent. DELETE /connections/ID ends it."
                               : "This request was accepted. DELETE /connections/ID ends the connection.");
  }
  if (connection.status != "rejected") reject(call, connection);
  return connection_reply(call, connection);
}

Reply delete_connection(Call& call) {
  remove(call, require_own(call));
  return no_content();
}

struct ConnectionFilter {
  std::optional<std::string> type;
  std::optional<std::string> direction;
  std::optional<std::string> status;
};

// One walk for each way, type and status that the filter lets through: each is one stretch of an index.
std::vector<Line> newest(const Call& call, const ConnectionFilter& filter, const Page& page) {
  const auto before = page.key(0, kNewest);
  const auto before_id = page.key(1, kNewest);
  const auto count = page.fetch() + page.offset;
  std::vector<Line> lines;
  const auto add = [&lines](std::vector<Line> more) { lines.insert(lines.end(), more.begin(), more.end()); };
  for (const auto type : kConnectionTypes) {
    if (filter.type.value_or(std::string(type)) != type) continue;
    for (const auto status : kConnectionStatuses) {
      if (filter.status.value_or(std::string(status)) != status) continue;
      if (filter.direction != "incoming") {
        add(lines_of(call.db().query(R"sql(
            SELECT created_at, id
            FROM connections
            WHERE requester_id = ?1
              AND type = ?2
              AND status = ?3
              AND (created_at, id) < (?4, ?5)
            ORDER BY created_at DESC, id DESC
            LIMIT ?6)sql", call.caller.id, type, status, before, before_id, count)));
      }
      if (filter.direction != "outgoing") {
        add(lines_of(call.db().query(R"sql(
            SELECT created_at, id
            FROM connections
            WHERE recipient_id = ?1
              AND type = ?2
              AND status = ?3
              AND (created_at, id) < (?4, ?5)
            ORDER BY created_at DESC, id DESC
            LIMIT ?6)sql", call.caller.id, type, status, before, before_id, count)));
      }
    }
  }
  merge(lines, page);
  return lines;
}

Reply list_connections(Call& call) {
  static constexpr std::array<std::string_view, 2> kDirections = {"outgoing", "incoming"};
  Query query(call.request);
  const ConnectionFilter filter{.type = query.choice("type", kConnectionTypes),
                                .direction = query.choice("direction", kDirections),
                                .status = query.choice("status", kConnectionStatuses)};
  const auto list = "connections/" + std::to_string(call.caller.id) + "?" + filter.type.value_or("") + "&" +
                    filter.direction.value_or("") + "&" + filter.status.value_or("");
  const auto page = Page::read(query, list, 2);
  query.check();
  return list_reply("connections", page, newest(call, filter, page), [&](core::JsonWriter& json, const Line& line) {
    write_connection(json, call, *find(call.db(), line.id));
  });
}

}  // namespace

Routes connection_routes() {
  return {
      {POST, "/connections", Access::agent, Limit::follow, Kind::write, create_connection,
       {"Follow an agent, or ask it to connect", "NewConnection", "ConnectionAnswer"}},
      {GET, "/connections", Access::agent, Limit::general, Kind::read, list_connections,
       {"Your connections, both ways", "", "ConnectionPage"}},
      {GET, "/connections/:id", Access::agent, Limit::general, Kind::read, show_connection,
       {"One of your connections", "", "ConnectionAnswer"}},
      {POST, "/connections/:id/accept", Access::agent, Limit::general, Kind::write, accept_connection,
       {"Accept a request to connect", "", "ConnectionAnswer"}},
      {POST, "/connections/:id/reject", Access::agent, Limit::general, Kind::write, reject_connection,
       {"Reject a request to connect; asking again changes nothing until it is taken back", "", "ConnectionAnswer"}},
      {DELETE, "/connections/:id", Access::agent, Limit::general, Kind::write, delete_connection,
       {"End a connection, a follow or a request, from either side", "", ""}},

      // The name that other versions of the skill use for asking to connect.
      {POST, "/connect", Access::agent, Limit::follow, Kind::write, create_connect,
       {"Ask an agent to connect", "NewConnection", "ConnectionAnswer"}},
  };
}

}  // namespace social
