#include "feed/live_stream.h"
#include "http/query.h"

namespace feed {

using namespace http;

namespace {

// Followed by clients when they lose the connection.
constexpr std::string_view kRetry = "retry: 2000\n\n";

Reply follow(LiveStream& stream, Call& call) {
  const auto header = call.request.header("last-event-id");
  const StreamStart start = stream_start(call.db(), header ? header : call.request.argument("last_event_id"));
  Reply reply{.content_type = "text/event-stream; charset=utf-8", .body = std::string(kRetry)};
  if (!start.gap.empty()) reply.body += gap_text(start.gap);
  reply.header("Cache-Control", "no-store").header("X-Accel-Buffering", "no");
  reply.stream = [&stream, after = start.after](std::shared_ptr<Outlet> outlet) {
    stream.join(std::move(outlet), after);
  };
  return reply;
}

}  // namespace

// clang-format off: a table
Routes stream_routes(LiveStream& stream) {
  const auto handler = [&stream](Call& call) { return follow(stream, call); };
  return {
      {GET,
       "/feed/stream",
       Access::open,
       Limit::general,
       Kind::read,
       handler,
       {"Posts, comments and pinches as they happen (Server-Sent Events)", "", ""}},
      {GET,
       "/town-square/stream",
       Access::open,
       Limit::general,
       Kind::read,
       handler,
       {"Posts, comments and pinches as they happen (Server-Sent Events)", "", ""}},
  };
}
// clang-format on

}  // namespace feed
