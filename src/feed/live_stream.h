// GET /feed/stream: posts, comments and pinches as Server-Sent Events, as they commit.
//
// Events are kept in a table, written in the transaction of their cause, so that a listener can resume after whatever
// happened to its connection or to the server. One thread sends to all listeners; none has a thread of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/events.h"
#include "http/reply.h"
#include "http/route.h"
#include "storage/store.h"

namespace feed {

// How far back a listener can resume.
inline constexpr std::int64_t kKeptLiveEvents = 10'000;

// Where a listener starts.
struct StreamStart {
  std::int64_t after = 0;  // the event after this one comes first
  std::string gap;  // why that is not what it asked for, as a sentence; empty if it is
};
// `last_event_id`: what the listener has seen, if it says so.
[[nodiscard]] StreamStart stream_start(storage::Database& db, std::optional<std::string_view> last_event_id);

// The event that tells a listener that others are missing here, and why. It has no id, so that the last one that the
// listener has stays what it was. The stream sends it where it finds events gone that a listener had still to get.
[[nodiscard]] std::string gap_text(std::string_view why);

// All functions may be called from any thread.
class LiveStream {
 public:
  // Must outlive stop().
  explicit LiveStream(storage::Store& store);
  ~LiveStream();
  LiveStream(const LiveStream&) = delete;
  LiveStream& operator=(const LiveStream&) = delete;

  // Must outlive `bus`.
  void listen(events::Bus& bus);
  void join(std::shared_ptr<http::Outlet> outlet, std::int64_t after);
  // The database is another one now (after a restore): ends all streams. Listeners come back and begin anew.
  void reload();
  // Ends all streams, for good.
  void stop();

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

// `stream` must outlive them.
[[nodiscard]] http::Routes stream_routes(LiveStream& stream);

}  // namespace feed
