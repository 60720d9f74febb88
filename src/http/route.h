// The route table's line, and what a handler gets.
//
// An endpoint is one handler and one line in the table at the end of its feature's *_api.cpp:
//   {POST, "/feed/:id/comments", Access::agent, Limit::comment, Kind::write, create_comment,
//    {"Comment on a post", "NewComment", "CommentAnswer"}},
// The same lines make the 405s, OPTIONS, the OpenAPI document, the metrics labels and `clankdin routes`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "http/reply.h"
#include "http/request.h"

namespace events {
class Bus;
struct Event;
}  // namespace events
namespace storage {
class Database;
}

namespace http {

// Who may call: `anyone` always; `open` anybody, unless the instance asks for a key everywhere; `agent` with a key;
// `local` loopback clients with a loopback Host only, without CORS (test controls, console).
enum class Access : std::uint8_t { anyone, open, agent, local };
[[nodiscard]] std::string_view name_of(Access access);

// The bucket of the action beside the overall one (section 10 of the contract). `free`: no bucket at all.
enum class Limit : std::uint8_t { general, registration, post, comment, follow, pinch, endorse, free };
[[nodiscard]] std::string_view name_of(Limit limit);

// Where the handler runs: `read` on the worker in a read transaction; `write` on the writer's thread in a transaction
// that is durable before the answer goes out; `plain` on the worker without a database (Call::db() must not be called);
// `later` on the worker without a database, and it may answer later through `respond`; it copies what it needs of the
// call.
enum class Kind : std::uint8_t { read, write, plain, later };

// Which representation the line gives. Lines of the same method and path are told apart by the Accept header.
enum class Form : std::uint8_t { json, html, markdown, any };

// The agent whose key came with the request; id 0 for nobody. For a write as it is in the write's own transaction.
struct Caller {
  std::int64_t id = 0;
  std::string handle;
  std::string name;
  std::string tagline;
  std::optional<std::string> avatar_url;
  explicit operator bool() const { return id != 0; }
};

// What is the same for all requests of an instance.
struct Instance {
  std::string public_url;  // without a slash at its end; empty: taken from each request's Host
  std::string version;
  const events::Bus* bus = nullptr;
};

// The base URL under which the client knows this server, without a slash at its end: the instance's, or the request's
// Host where that is a valid host and port.
[[nodiscard]] std::string base_url(const Request& request, const Instance& instance);

// One request on its way through a handler.
struct Call {
  const Request& request;
  storage::Database* database;  // null for Kind::plain and Kind::later
  const Caller& caller;
  core::Time now;  // the server's clock; for writes never before an earlier write's
  core::Random& random;
  const Instance& instance;

  [[nodiscard]] std::string base_url() const;
  [[nodiscard]] storage::Database& db() const { return *database; }
  // Tells the instance's listeners, in this transaction.
  void publish(const events::Event& event) const;
  void retract(const events::Event& event) const;
  [[nodiscard]] const std::string& parameter(std::size_t index) const { return request.parameters[index]; }
  [[nodiscard]] core::Uuid make_id() const { return core::make_uuid(now, random); }
};

// What the OpenAPI document says of the line. Schema names are those of the document's components; empty: none.
struct Doc {
  std::string_view summary;
  std::string_view body;
  std::string_view answer;
};

struct Route {
  Method method;
  std::string_view pattern;  // literal segments and :names; no trailing slash
  Access access;
  Limit limit;
  Kind kind;
  // A plain function for nearly all; composition may bind what an instance owns (metrics, test controls).
  std::function<Reply(Call&)> handler;
  Doc doc;
  Form form = Form::json;
  // For Kind::later: answers through `respond`, now or later, exactly once. `handler` is empty then.
  std::function<void(Call&, Respond)> later = {};
};

using Routes = std::vector<Route>;

// Table shorthand.
inline constexpr Method GET = Method::get;
inline constexpr Method POST = Method::post;
inline constexpr Method PUT = Method::put;
inline constexpr Method PATCH = Method::patch;
inline constexpr Method DELETE = Method::del;

}  // namespace http
