// The last requests and their answers, for tests that look at what an agent did (/_test/requests) and for the
// operator's console.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "http/reply.h"
#include "http/router.h"

namespace journal {

// The beginning of a body, without keys and secrets.
struct Excerpt {
  std::string text;
  std::size_t size = 0;  // of the whole
  bool truncated = false;
};

// One request and what became of it. Nothing in it tells a key or a secret.
struct Entry {
  std::uint64_t number = 0;  // counted from 1
  std::string id;            // its X-Request-Id
  core::Time time = 0;       // the server's clock
  std::string method;
  std::string path;                                          // as sent
  std::string query;                                         // as sent
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in the order in which they came
  Excerpt body;
  std::string agent;   // the handle; empty for nobody
  std::string client;  // its IP address
  int status = 0;
  http::Delivery delivery = http::Delivery::whole;
  Excerpt answer;
  std::int64_t duration_us = 0;

  // False where a fault closed the connection without an answer.
  [[nodiscard]] bool answered() const { return delivery != http::Delivery::dropped; }
  [[nodiscard]] std::size_t bytes() const;  // of memory, about
};

// Which entries are meant; what is empty matches all.
struct Filter {
  std::string method;
  std::string path;  // may hold `*`
  std::string agent;
  std::optional<std::pair<int, int>> status;  // first and last
  std::optional<core::Time> since;

  [[nodiscard]] bool matches(const Entry& entry) const;
};

// How many entries match a filter, counted on from where it was looked at last.
struct Tally {
  Filter filter;
  std::size_t count = 0;
  std::uint64_t seen = 0;    // the number of the last entry that was looked at
  std::uint64_t clears = 0;  // of the journal, when it was
};

// All functions may be called from any thread.
//
// It costs something to record: a copy of each request and answer. So that is done always only where keep() asked for
// it, and otherwise while somebody looks.
class Journal {
 public:
  using Entries = std::vector<std::shared_ptr<const Entry>>;
  // Null after a clear().
  using Told = std::function<void(const Entry* entry)>;
  static constexpr std::size_t kKept = 1000;
  static constexpr std::size_t kKeptBytes = 16 * 1024 * 1024;
  static constexpr std::size_t kExcerpt = 64 * 1024;         // bytes of a body
  static constexpr core::Time kLinger = 10 * core::kMinute;  // how long it goes on after the last look, in real time

  // `told` is called after each new entry, and after a clear(), on the thread that made it. Before the first record().
  void listen(Told told);
  // `watched` says whether somebody looks all the time; asked when kLinger is over. Before the first record().
  void set_watched(std::function<bool()> watched) { watched_ = std::move(watched); }

  // Records everything from here on.
  void keep() { always_ = true; }
  // Somebody looks: records what comes, until kLinger later. Then what was recorded is forgotten.
  void look();

  // An http::Observer. Costs next to nothing where nobody looks. Requests to the test controls and to the console
  // themselves leave no entry.
  void record(const http::Exchange& exchange);
  // The newest first: at most `limit`, of those before the number `before`.
  [[nodiscard]] Entries find(const Filter& filter, std::size_t limit = kKept, std::uint64_t before = UINT64_MAX) const;
  // The one of that number; null if it is not kept any more.
  [[nodiscard]] std::shared_ptr<const Entry> at(std::uint64_t number) const;
  // Brings the tally up to date. A clear() begins it anew.
  void count(Tally& tally) const;
  void clear();
  [[nodiscard]] std::size_t bytes() const;

 private:
  [[nodiscard]] bool records();
  void tell(const Entry* entry) const;

  std::vector<Told> listeners_;
  std::function<bool()> watched_;
  std::atomic<bool> always_{false};
  std::atomic<std::int64_t> until_us_{0};  // of the stopwatch; 0: nobody looks
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const Entry>> entries_;  // guarded by mutex_, like all below
  std::size_t bytes_ = 0;                             // of entries_
  std::uint64_t last_number_ = 0;
  std::uint64_t clears_ = 0;
};

// Whether a request is the observer's own: one to the test controls, to the console, or for a file of the console's
// page.
[[nodiscard]] bool is_own(const http::Request& request);

}  // namespace journal
