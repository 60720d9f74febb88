#include "feed/live_stream.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/json_writer.h"
#include "core/log.h"

namespace feed {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kHeartbeat = 15s;
// Listeners that resume get so much in such a time, more than a network brings to most; the outlet cuts those that keep
// up with less, and they resume where they were.
constexpr std::size_t kCatchUpBytes = 256 * 1024;
constexpr auto kCatchUpPause = 100ms;
// Bytes of events that wait for the thread: well below what an outlet holds, so that a burst cuts nobody who keeps up.
constexpr std::size_t kMaxQueued = 256 * 1024;
// So many are forgotten at once: one statement for all of them.
constexpr std::int64_t kForgotten = 64;
constexpr std::string_view kNotKept =
    "Events after the last one that was sent are not kept any more; the stream goes on with the oldest that is.";

std::string event_text(std::int64_t id, std::string_view kind, std::string_view data) {
  std::string text = "id: " + std::to_string(id);
  text.append("\nevent: ").append(kind).append("\ndata: ").append(data).append("\n\n");
  return text;
}

std::optional<std::int64_t> newest_event(storage::Database& db) {
  return db.integer(R"sql(
      SELECT id
      FROM live_events
      ORDER BY id DESC
      LIMIT 1)sql");
}

// The event's id.
std::int64_t keep(storage::Database& db, std::string_view kind, std::string_view data) {
  db.run(R"sql(
      INSERT INTO live_events (kind, data)
      VALUES (?1, ?2))sql",
         kind, data);
  const std::int64_t id = db.last_insert_id();
  if (id % kForgotten == 0) {
    db.run(R"sql(
        DELETE FROM live_events
        WHERE id <= ?1)sql",
           id - kKeptLiveEvents);
  }
  return id;
}

// Events after one, which was the last of them, and whether there are more.
struct Chunk {
  std::string text;
  std::int64_t last = 0;
  bool more = false;
};

Chunk events_after(storage::Database& db, std::int64_t after) {
  Chunk chunk{.last = after};
  auto row = db.query(R"sql(
      SELECT id, kind, data
      FROM live_events
      WHERE id > ?1
      ORDER BY id)sql",
                      after);
  while ((chunk.more = row.step()) && chunk.text.size() < kCatchUpBytes) {
    const std::int64_t id = row.integer(0);
    if (id != chunk.last + 1) chunk.text += gap_text(kNotKept);
    chunk.last = id;
    chunk.text += event_text(chunk.last, row.text(1), row.text(2));
  }
  return chunk;
}

}  // namespace

StreamStart stream_start(storage::Database& db, std::optional<std::string_view> last_event_id) {
  const std::int64_t newest = newest_event(db).value_or(0);
  if (!last_event_id || last_event_id->empty()) return {.after = newest};
  std::int64_t seen = -1;
  const char* const end = last_event_id->data() + last_event_id->size();
  const auto [stop, error] = std::from_chars(last_event_id->data(), end, seen);
  if (error != std::errc() || stop != end || seen < 0 || seen > newest) {
    return {.after = newest, .gap = "Last-Event-ID is not the id of an event of this server; the stream begins now."};
  }
  return {.after = seen};
}

std::string gap_text(std::string_view why) {
  core::JsonWriter data;
  data.begin_object().field("detail", why).end_object();
  return "event: gap\ndata: " + data.take() + "\n\n";
}

struct LiveStream::Engine {
  explicit Engine(storage::Store& the_store) : store(the_store), thread([this] { run(); }) {}

  struct Queued {
    std::int64_t id;
    std::string text;
  };
  struct Listener {
    std::shared_ptr<http::Outlet> outlet;
    std::int64_t sent;  // the last event it has, or will not get
  };

  struct Inbox {
    std::vector<Queued> events;
    std::size_t bytes = 0;
    bool overflowed = false;  // events were left out: they are in the table
    std::vector<Listener> joined;
    bool reload = false;
    bool stop = false;
    bool unheard = false;  // nobody listens: the thread sleeps until somebody joins

    [[nodiscard]] bool empty() const { return events.empty() && !overflowed && joined.empty() && !reload && !stop; }
  };

  storage::Store& store;
  std::mutex mutex;
  std::condition_variable told;
  Inbox inbox;  // guarded by mutex

  // The stream's thread alone.
  std::vector<Listener> live;
  std::vector<Listener> behind;  // get what they miss from the table
  std::int64_t newest = 0;       // the last event that live listeners got
  Clock::time_point next_heartbeat = Clock::now() + kHeartbeat;
  Clock::time_point next_catch_up{};

  std::thread thread;  // last: it uses all of the above

  template <class Tell>
  void tell(const Tell& tell_inbox) {
    {
      const std::lock_guard lock(mutex);
      tell_inbox(inbox);
    }
    told.notify_one();
  }

  void run() {
    while (true) {
      Inbox news = wait();
      if (news.reload || news.stop) end_all(news);
      if (news.stop) return;
      if (news.overflowed) std::ranges::move(std::exchange(live, {}), std::back_inserter(behind));
      send_live(news.events);
      if (!news.joined.empty()) next_catch_up = {};
      std::ranges::move(news.joined, std::back_inserter(behind));
      if (!behind.empty() && Clock::now() >= next_catch_up) catch_up();
      if (Clock::now() >= next_heartbeat) beat();
    }
  }

  Inbox wait() {
    std::unique_lock lock(mutex);
    const bool nobody = live.empty() && behind.empty();
    const auto until = behind.empty() ? next_heartbeat : std::min(next_heartbeat, next_catch_up);
    const auto has_news = [&] { return !inbox.empty(); };
    inbox.unheard = nobody;
    if (nobody) {
      told.wait(lock, has_news);
      next_heartbeat = Clock::now() + kHeartbeat;
    } else {
      told.wait_until(lock, until, has_news);
    }
    return std::exchange(inbox, {});
  }

  void end_all(const Inbox& news) {
    for (const auto* list : {&std::as_const(live), &std::as_const(behind), &news.joined}) {
      for (const Listener& listener : *list) listener.outlet->close();
    }
    live.clear();
    behind.clear();
    newest = 0;
  }

  void send_live(const std::vector<Queued>& events) {
    if (events.empty()) return;
    std::string all;
    for (const Queued& event : events) all += event.text;
    const std::int64_t first = events.front().id;
    std::erase_if(live, [&](Listener& listener) {
      if (listener.sent < first) {
        listener.sent = events.back().id;
        return !listener.outlet->send(all);
      }
      // It had some of them from the table already.
      for (const Queued& event : events) {
        if (event.id <= listener.sent) continue;
        listener.sent = event.id;
        if (!listener.outlet->send(event.text)) return true;
      }
      return false;
    });
    newest = std::max(newest, events.back().id);
  }

  void catch_up() {
    next_catch_up = Clock::now() + kCatchUpPause;
    std::erase_if(behind, [&](Listener& listener) {
      Chunk chunk;
      try {
        store.read([&](storage::Database& db) { chunk = events_after(db, listener.sent); });
      } catch (const std::exception& error) {
        core::log(core::LogLevel::error, "The live stream cannot read its events.", {{"reason", error.what()}});
        return false;
      }
      listener.sent = chunk.last;
      if (!chunk.text.empty() && !listener.outlet->send(chunk.text)) return true;
      // Once all that is committed was read, what comes later comes through the inbox.
      if (chunk.more || listener.sent < newest) return false;
      live.push_back(std::move(listener));
      return true;
    });
  }

  void beat() {
    next_heartbeat = Clock::now() + kHeartbeat;
    for (auto* list : {&live, &behind}) {
      std::erase_if(*list, [](const Listener& listener) { return !listener.outlet->send(": still here\n\n"); });
    }
  }

  void stop() {
    if (!thread.joinable()) return;
    tell([](Inbox& in) { in.stop = true; });
    thread.join();
  }

  void publish(std::int64_t id, std::string text) {
    {
      const std::lock_guard lock(mutex);
      // Who joins later reads it from the table, where it is already.
      if (inbox.unheard && inbox.joined.empty()) return;
      inbox.bytes += text.size();
      if (inbox.bytes > kMaxQueued) {
        inbox.events.clear();
        inbox.bytes = 0;
        inbox.overflowed = true;
      }
      inbox.events.push_back({id, std::move(text)});
    }
    told.notify_one();
  }
};

LiveStream::LiveStream(storage::Store& store) : engine_(std::make_unique<Engine>(store)) {}
LiveStream::~LiveStream() { stop(); }

void LiveStream::listen(events::Bus& bus) {
  bus.listen([this](storage::Database& db, const events::Event& event) {
    if (event.live.empty()) return;
    const auto kind = events::name_of(event.kind);
    const std::int64_t id = keep(db, kind, event.live);
    db.after_commit([this, id, text = event_text(id, kind, event.live)] { engine_->publish(id, text); });
  });
}

void LiveStream::join(std::shared_ptr<http::Outlet> outlet, std::int64_t after) {
  engine_->tell([&](Engine::Inbox& in) { in.joined.push_back({std::move(outlet), after}); });
}

void LiveStream::reload() {
  engine_->tell([](Engine::Inbox& in) { in.reload = true; });
}

void LiveStream::stop() { engine_->stop(); }

}  // namespace feed
