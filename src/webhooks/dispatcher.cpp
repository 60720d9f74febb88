#include "webhooks/dispatcher.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "core/log.h"
#include "webhooks/attempt.h"
#include "webhooks/delivery.h"
#include "webhooks/senders.h"
#include "webhooks/turns.h"

namespace webhooks {
namespace {

constexpr std::size_t kFetch = 16;           // deliveries of one webhook that are read at a time
constexpr std::size_t kMaxFetched = 2048;    // of all webhooks that are kept in memory; beyond it they are read again
constexpr std::size_t kMaxUnwritten = 1024;  // results that wait for the disk before no more requests are made
constexpr std::chrono::milliseconds kSlow{1'000};
constexpr std::chrono::milliseconds kLongestSleep{60'000};  // the system's own clock may jump
constexpr std::chrono::milliseconds kTryAgain{1'000};       // after the database failed
constexpr std::chrono::milliseconds kHeadStart{50};         // of the first requests, when the program starts

}  // namespace

struct Dispatcher::Engine {
  Engine(storage::Store& the_store, const core::Clock& the_clock, DispatchOptions the_options)
      : store(the_store), clock(the_clock), options(the_options), stop_signal(::eventfd(0, EFD_CLOEXEC)) {
    if (stop_signal < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    thread = std::thread([this] { run(); });
  }
  ~Engine() { ::close(stop_signal); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  storage::Store& store;
  const core::Clock& clock;
  const DispatchOptions options;
  const int stop_signal;  // readable once stop() was called: ends all requests

  // What others tell the dispatcher's thread.
  struct Inbox {
    std::vector<std::int64_t> due;
    std::vector<std::int64_t> changed;
    std::vector<Attempt> answered;
    std::vector<Settlement> written;
    std::vector<Settlement> unwritten;  // the write failed
    bool reload = true;
    bool moved = false;
    bool stop = false;

    [[nodiscard]] bool empty() const {
      return due.empty() && changed.empty() && answered.empty() && written.empty() && unwritten.empty() && !reload &&
             !moved && !stop;
    }
  };
  std::mutex mutex;
  std::condition_variable told;
  Inbox inbox;  // guarded by mutex

  // The dispatcher's thread alone.
  Turns turns;
  std::size_t fetched = 0;  // in all lines
  std::vector<Settlement> to_write;
  std::size_t being_written = 0;
  std::chrono::steady_clock::time_point not_before{};  // after the database failed
  core::Time latest = 0;                               // the clock when it was last looked at

  std::atomic<std::uint64_t> succeeded{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> timed_out{0};
  std::atomic<int> in_flight{0};

  std::optional<Senders> senders{std::in_place};
  std::thread thread;

  template <class Tell>
  void tell(const Tell& tell_inbox) {
    {
      const std::lock_guard lock(mutex);
      tell_inbox(inbox);
    }
    told.notify_one();
  }

  void run() {
    let_others_begin();
    while (true) {
      Inbox news = wait();
      if (news.reload) forget_all();
      for (const std::int64_t webhook : news.changed) refresh(webhook);
      const core::Time now = clock.now();
      if (std::exchange(latest, now) > now) bring_due_forward(now);
      for (const std::int64_t webhook : news.due) turns.note(webhook, now);
      for (Attempt& attempt : news.answered) take_answer(attempt);
      for (const Settlement& result : news.written) take_written(result);
      take_unwritten(news.unwritten);
      if (news.stop) return;
      guarded([&] {
        if (news.reload && load()) bring_due_forward(now);  // the clock may have gone back meanwhile
        start_due();
      });
      write_results();
    }
  }

  // A database that fails now may work later.
  template <class Step>
  void guarded(const Step& step) {
    try {
      step();
    } catch (const std::exception& error) {
      core::log(core::LogLevel::error, "Webhooks wait: the outbox cannot be read.", {{"reason", error.what()}});
      not_before = std::chrono::steady_clock::now() + kTryAgain;
    }
  }

  // What waits since an earlier run is looked up when the first request has had the processor, or when there is news.
  void let_others_begin() {
    std::unique_lock lock(mutex);
    told.wait_for(lock, kHeadStart, [&] { return inbox.stop || !inbox.due.empty() || !inbox.changed.empty(); });
  }

  Inbox wait() {
    std::unique_lock lock(mutex);
    told.wait_for(lock, sleep_time(), [&] { return !inbox.empty(); });
    Inbox news;
    news.reload = false;
    std::swap(news, inbox);
    return news;
  }

  [[nodiscard]] std::chrono::milliseconds sleep_time() const {
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(not_before - std::chrono::steady_clock::now());
    if (pause.count() > 0) return pause;
    const core::Time due = turns.next_due();
    if (due == kNever) return to_write.empty() ? kLongestSleep : kTryAgain;
    return std::clamp(std::chrono::milliseconds(due - clock.now()), std::chrono::milliseconds(0), kLongestSleep);
  }

  void forget_all() {
    turns.clear();
    to_write.clear();
    fetched = 0;
  }

  // True if anything waits.
  bool load() {
    constexpr int kAtOnce = 1000;
    std::int64_t after = 0;
    for (bool more = true; more;) {
      store.read([&](storage::Database& db) {
        for (int count = 0; count < kAtOnce; ++count) {
          const auto waiting = next_waiting(db, after);
          more = waiting.has_value();
          if (!more) return;
          turns.note(waiting->webhook, waiting->due);
          after = waiting->webhook;
        }
      });
    }
    return after != 0;
  }

  // After the clock went back.
  void bring_due_forward(core::Time now) {
    guarded([&] {
      store.write(
          [this, now](storage::Database& db) {
            db.after_commit([this, webhooks = bring_forward(db, now)] {
              tell([&](Inbox& in) { in.due.insert(in.due.end(), webhooks.begin(), webhooks.end()); });
            });
          },
          [](const std::exception_ptr&) {});
    });
  }

  void refresh(std::int64_t webhook) {
    if (Line* const line = turns.find(webhook)) drop_fetched(*line);
    turns.note(webhook, clock.now());
  }

  void drop_fetched(Line& line) {
    fetched -= line.fetched.size();
    line.fetched.clear();
    line.to = nullptr;
  }

  void start_due() {
    if (std::chrono::steady_clock::now() < not_before) return;
    const core::Time now = clock.now();
    turns.advance(now);
    while (to_write.size() + being_written + static_cast<std::size_t>(turns.in_flight()) < kMaxUnwritten) {
      Line* const line = turns.next();
      if (line == nullptr) return;
      if (line->fetched.empty() && !fetch(*line, now)) continue;
      start(*line);
    }
  }

  // False if the line has nothing to send now.
  bool fetch(Line& line, core::Time now) {
    Backlog more;
    try {
      store.read([&](storage::Database& db) { more = backlog(db, line.webhook, now, kFetch, line.unsettled); });
    } catch (...) {
      turns.note(line.webhook, now);
      throw;
    }
    line.next = more.next;
    if (more.due.empty()) {
      if (more.next != kNever) turns.note(line.webhook, more.next);
      // What is not active, or gone, need not be remembered.
      if (!more.to && line.unsettled.empty()) turns.forget(line.webhook);
      return false;
    }
    line.to = std::make_shared<const Destination>(std::move(*more.to));
    line.fetched.assign(std::make_move_iterator(more.due.rbegin()), std::make_move_iterator(more.due.rend()));
    fetched += line.fetched.size();
    return true;
  }

  void start(Line& line) {
    Attempt attempt;
    attempt.to = line.to;
    attempt.job = std::move(line.fetched.back());
    line.fetched.pop_back();
    --fetched;
    line.unsettled.push_back(attempt.job.id);
    if (fetched > kMaxFetched) {
      drop_fetched(line);
      line.next = clock.now();
    }
    attempt.ticket = turns.start(line);
    in_flight = turns.in_flight();
    const auto shared = std::make_shared<Attempt>(std::move(attempt));
    try {
      senders->run([this, shared] {
        shared->outcome = perform(*shared, clock, options, stop_signal);
        tell([&](Inbox& in) { in.answered.push_back(std::move(*shared)); });
      });
    } catch (const std::system_error&) {
      shared->outcome.stopped = true;  // no thread: as if it had not begun
      not_before = std::chrono::steady_clock::now() + kTryAgain;
      tell([&](Inbox& in) { in.answered.push_back(std::move(*shared)); });
    }
  }

  void take_answer(Attempt& attempt) {
    const Outcome& outcome = attempt.outcome;
    const bool slow = outcome.timed_out || outcome.duration_ms >= kSlow.count();
    Line* const line = turns.finish(attempt.ticket, slow                ? Trust::slow
                                                    : outcome.delivered ? Trust::good
                                                                        : Trust::unproven);
    in_flight = turns.in_flight();
    if (outcome.stopped) {
      if (line != nullptr) let_go(*line, attempt.job.id);
      return;
    }
    if (options.tried) {
      options.tried({attempt.job.uuid, attempt.job.event, attempt.to->url, clock.now(), outcome.delivered,
                     outcome.status, outcome.error, outcome.duration_ms});
    }
    (outcome.delivered ? succeeded : outcome.timed_out ? timed_out : failed).fetch_add(1);
    // Of a webhook that is gone, or of a database that was replaced.
    if (line == nullptr) return;
    to_write.push_back(settlement_of(attempt, clock.now()));
  }

  void take_written(const Settlement& result) {
    --being_written;
    if (Line* const line = turns.find(result.webhook)) let_go(*line, result.delivery);
  }

  void take_unwritten(const std::vector<Settlement>& results) {
    if (results.empty()) return;
    being_written -= results.size();
    to_write.insert(to_write.end(), results.begin(), results.end());
    not_before = std::chrono::steady_clock::now() + kTryAgain;
  }

  // The delivery may be read from the outbox again.
  void let_go(Line& line, std::int64_t delivery) {
    std::erase(line.unsettled, delivery);
    turns.note(line.webhook, clock.now());
  }

  // One write at a time: what is answered meanwhile goes with the next.
  void write_results() {
    if (to_write.empty() || being_written > 0 || std::chrono::steady_clock::now() < not_before) return;
    const auto results = std::make_shared<const std::vector<Settlement>>(std::move(to_write));
    to_write.clear();
    being_written = results->size();
    const auto done = [this, results](std::exception_ptr failure) {
      tell([&](Inbox& in) {
        auto& list = failure ? in.unwritten : in.written;
        list.insert(list.end(), results->begin(), results->end());
      });
    };
    try {
      store.write(
          [this, results](storage::Database& db) {
            for (const Settlement& result : *results) {
              if (!settle(db, result)) continue;
              db.after_commit(
                  [this, webhook = result.webhook] { tell([&](Inbox& in) { in.changed.push_back(webhook); }); });
            }
          },
          done);
    } catch (const std::exception&) {
      done(std::current_exception());
    }
  }

  void stop() {
    if (!thread.joinable()) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_signal, &one, sizeof one);
    tell([](Inbox& in) { in.stop = true; });
    thread.join();
    senders.reset();
    for (Attempt& attempt : inbox.answered) take_answer(attempt);
    if (to_write.empty()) return;
    try {
      store.write_and_wait([this](storage::Database& db) {
        for (const Settlement& result : to_write) settle(db, result);
      });
    } catch (const std::exception& error) {
      core::log(core::LogLevel::warn, "The last webhook deliveries could not be noted and will be repeated.",
                {{"reason", error.what()}});
    }
  }
};

Dispatcher::Dispatcher(storage::Store& store, const core::Clock& clock, DispatchOptions options)
    : engine_(std::make_unique<Engine>(store, clock, options)) {}
Dispatcher::~Dispatcher() { stop(); }

void Dispatcher::note(std::vector<std::int64_t> webhooks) {
  engine_->tell([&](Engine::Inbox& in) { in.due.insert(in.due.end(), webhooks.begin(), webhooks.end()); });
}
void Dispatcher::changed(std::int64_t webhook) {
  engine_->tell([&](Engine::Inbox& in) { in.changed.push_back(webhook); });
}
void Dispatcher::wake() {
  engine_->tell([](Engine::Inbox& in) { in.moved = true; });
}
void Dispatcher::reload() {
  engine_->tell([](Engine::Inbox& in) { in.reload = true; });
}
void Dispatcher::stop() { engine_->stop(); }

DispatchFigures Dispatcher::figures() const {
  return {.succeeded = engine_->succeeded,
          .failed = engine_->failed,
          .timed_out = engine_->timed_out,
          .in_flight = engine_->in_flight,
          .threads = engine_->senders ? engine_->senders->threads() : 0};
}

}  // namespace webhooks
