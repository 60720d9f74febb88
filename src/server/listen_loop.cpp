#include "server/listen_loop.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <span>

#include "core/error.h"
#include "core/log.h"
#include "server/listen_address.h"
#include "server/listen_connection.h"

namespace server {
namespace {

// Events taken at once: few, since those taken wait while the worker is busy with the first.
constexpr int kBatch = 8;
constexpr std::size_t kScheduledBatch = 16;
// Descriptors left to everything that is not a connection: the database, webhooks, the log.
constexpr std::size_t kSpareDescriptors = 128;

// Bytes of an answer that the kernel takes before they can go out. It would take megabytes, and a thousand clients that
// do not read would use up the memory that all of the machine's connections share.
constexpr int kUnsent = 128 * 1024;

// As many connections as there are descriptors for, so that accept() does not run out of them.
std::size_t fit_descriptors(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const auto needed = static_cast<rlim_t>(wanted + kSpareDescriptors);
  if (limit.rlim_cur < needed && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return wanted;
  const auto there = static_cast<std::size_t>(limit.rlim_cur);
  return std::max(there / 2, there - std::min(there, kSpareDescriptors));
}

// A fraction of the shortest deadline: tests have short ones, an idle server should not wake up often.
std::int64_t tick_for(const ListenOptions& options) {
  const auto shortest = std::min(
      {options.head_deadline_ms, options.body_deadline_ms, options.idle_deadline_ms, options.write_deadline_ms});
  return std::clamp<std::int64_t>(shortest / 8, 5, 250);
}

std::unique_ptr<TlsContext> make_tls(const ListenOptions& options) {
  if (options.tls_cert.empty() && options.tls_key.empty()) return nullptr;
  if (options.tls_cert.empty() || options.tls_key.empty()) {
    throw core::bad_request("TLS needs both a certificate and a key (--tls-cert and --tls-key).");
  }
  return std::make_unique<TlsContext>(options.tls_cert, options.tls_key);
}

int checked(int descriptor, const char* what) {
  if (descriptor < 0) throw core::unavailable(std::string(what) + ": " + std::strerror(errno) + ".");
  return descriptor;
}

std::uint32_t signals_of(std::uint32_t events) {
  std::uint32_t signals = 0;
  if ((events & EPOLLIN) != 0) signals |= Connection::kReadable;
  if ((events & EPOLLOUT) != 0) signals |= Connection::kWritable;
  if ((events & EPOLLRDHUP) != 0) signals |= Connection::kHalfClosed;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) signals |= Connection::kBroken;
  return signals;
}

constexpr std::uint32_t kEvents = EPOLLIN | EPOLLRDHUP | EPOLLET;

void watch(int epoll, int operation, int socket, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = socket}};
  checked(::epoll_ctl(epoll, operation, socket, &event), "Watching a socket");
}

}  // namespace

Loop::Loop(ListenOptions listen_options, Listener::Dispatch dispatch_to)
    : options(std::move(listen_options)),
      limits{.max_target = options.max_target, .max_head = options.max_head, .max_body = options.max_body},
      dispatch(std::move(dispatch_to)),
      deadlines(tick_for(options)),
      max_connections_(fit_descriptors(options.max_connections)),
      tls_(make_tls(options)),
      crew_(static_cast<std::size_t>(std::max(options.workers, 1)),
            std::max<std::size_t>(std::thread::hardware_concurrency(), 1)) {
  epoll_ = checked(::epoll_create1(EPOLL_CLOEXEC), "Making an epoll");
  wake_ = checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "Making an eventfd");
  quit_ = checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "Making an eventfd");
  // Edge-triggered: each write wakes one worker, and nobody has to read. Level-triggered: one write ends them all.
  watch(epoll_, EPOLL_CTL_ADD, wake_, EPOLLIN | EPOLLET);
  watch(epoll_, EPOLL_CTL_ADD, quit_, EPOLLIN);
}

Loop::~Loop() {
  stop(0);
  for (const int descriptor : {epoll_, wake_, quit_}) ::close(descriptor);
}

void Loop::start() {
  {
    const std::lock_guard lock(scheduled_mutex_);
    takes_tasks_ = true;
  }
  for (std::size_t number = 0; number < crew_.workers() && !crew_.is_relief(number); ++number) {
    workers_.emplace_back([this, number] { work(number); });
  }
}

void Loop::start_rest() {
  deadlines.start();
  for (std::size_t number = workers_.size(); number < crew_.workers(); ++number) {
    workers_.emplace_back([this, number] { relieve(number); });
  }
}

// --- The table -------------------------------------------------------------------------------------------------------

void Loop::adopt(int socket) {
  counters.accepted.fetch_add(1, std::memory_order_relaxed);
  if (counters.open >= max_connections_ || stopping) {
    ::close(socket);
    return;
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsent, sizeof kUnsent);
  ::fcntl(socket, F_SETFL, O_RDWR | O_NONBLOCK);
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  counters.open.fetch_add(1);
  std::shared_ptr<Connection> connection;
  try {
    connection = std::make_shared<Connection>(*this, socket, peer_address(socket),
                                              tls_ ? std::make_unique<TlsSession>(*tls_, socket) : nullptr);
    {
      auto& shard = shards_[static_cast<std::size_t>(socket) % kShards];
      const auto slot = static_cast<std::size_t>(socket) / kShards;
      const std::lock_guard lock(shard.mutex);
      if (shard.slots.size() <= slot) shard.slots.resize(slot + 1);
      shard.slots[slot] = connection;
    }
    connection->begin([&] { watch(epoll_, EPOLL_CTL_ADD, socket, kEvents); });
  } catch (const std::exception& failure) {
    core::log(core::LogLevel::warn, "connection not taken", {{"cause", failure.what()}});
    connection ? connection->close() : forget(socket);
  }
}

void Loop::watch_writing(int socket) { watch(epoll_, EPOLL_CTL_MOD, socket, kEvents | EPOLLOUT); }

std::shared_ptr<Connection> Loop::find(int socket) {
  auto& shard = shards_[static_cast<std::size_t>(socket) % kShards];
  const auto slot = static_cast<std::size_t>(socket) / kShards;
  const std::lock_guard lock(shard.mutex);
  return slot < shard.slots.size() ? shard.slots[slot] : nullptr;
}

void Loop::forget(int socket) {
  std::shared_ptr<Connection> connection;  // dies after the lock is gone
  {
    auto& shard = shards_[static_cast<std::size_t>(socket) % kShards];
    const auto slot = static_cast<std::size_t>(socket) / kShards;
    const std::lock_guard lock(shard.mutex);
    if (slot < shard.slots.size()) connection.swap(shard.slots[slot]);
  }
  ::close(socket);
  const std::lock_guard lock(none_mutex_);
  if (counters.open.fetch_sub(1) == 1) none_.notify_all();
}

void Loop::signal_all(std::uint32_t signals) {
  for (auto& shard : shards_) {
    std::vector<std::shared_ptr<Connection>> connections;
    {
      const std::lock_guard lock(shard.mutex);
      connections = shard.slots;
    }
    for (const auto& connection : connections) {
      if (connection) connection->signal(signals);
    }
  }
}

// --- Workers ---------------------------------------------------------------------------------------------------------

void Loop::schedule(std::shared_ptr<Connection> connection) {
  bool first = false;
  {
    const std::lock_guard lock(scheduled_mutex_);
    first = scheduled_.empty();
    scheduled_.push_back({std::move(connection), nullptr});
  }
  if (first) wake();
}

bool Loop::run_soon(std::function<void()>& task) {
  bool first = false;
  {
    const std::lock_guard lock(scheduled_mutex_);
    if (!takes_tasks_) return false;
    first = scheduled_.empty();
    scheduled_.push_back({nullptr, std::move(task)});
  }
  if (first) wake();
  return true;
}

void Loop::wake() {
  const std::uint64_t one = 1;
  // It can only fail when 2^64 - 2 wakes are unread.
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void Loop::run_scheduled(Worker& worker) {
  std::array<Scheduled, kScheduledBatch> batch;
  std::size_t taken = 0;
  {
    const std::lock_guard lock(scheduled_mutex_);
    for (; taken < batch.size() && !scheduled_.empty(); ++taken) {
      batch[taken] = std::move(scheduled_.front());
      scheduled_.pop_front();
    }
    worker.more = !scheduled_.empty();
  }
  if (worker.more) wake();  // somebody else may help
  for (auto& [connection, task] : std::span(batch).first(taken)) {
    if (connection) {
      connection->run(worker);
    } else {
      run(task);
    }
  }
}

void Loop::run(const std::function<void()>& task) {
  try {
    task();
  } catch (const std::exception& failure) {
    core::log(core::LogLevel::error, "an answer was not finished", {{"cause", failure.what()}});
  }
}

bool Loop::serve(std::size_t number, Worker& worker, int ms) {
  std::array<epoll_event, kBatch> events;
  const int count = ::epoll_wait(epoll_, events.data(), kBatch, worker.more ? 0 : ms);
  crew_.begin_turn(number);
  bool goes_on = true;
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == quit_) goes_on = false;
    if (event.data.fd == quit_ || event.data.fd == wake_) continue;
    const auto connection = find(event.data.fd);
    if (connection && connection->claim(signals_of(event.events))) connection->run(worker);
  }
  run_scheduled(worker);
  crew_.end_turn(number);
  return goes_on;
}

void Loop::work(std::size_t number) {
  // Not zeroed: most of its memory is never touched.
  const auto worker = std::make_unique_for_overwrite<Worker>();
  while (serve(number, *worker, -1)) {
  }
}

void Loop::relieve(std::size_t number) {
  std::unique_ptr<Worker> worker;
  bool needed = false;
  while (!crew_.dismissed()) {
    crew_.look_on(number);
    if (needed) {
      if (!worker) worker = std::make_unique_for_overwrite<Worker>();
      const auto end = steady_ms() + Crew::kLookMs;
      do {
        if (!serve(number, *worker, Crew::kLookMs)) return;
      } while (worker->more || steady_ms() < end);
    } else {
      crew_.rest(number);
    }
    needed = crew_.is_needed(number);
  }
}

// --- The end ---------------------------------------------------------------------------------------------------------

bool Loop::wait_for_none(std::int64_t ms) {
  std::unique_lock lock(none_mutex_);
  return none_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return counters.open == 0; });
}

void Loop::stop(std::int64_t grace_ms) {
  stopping = true;
  signal_all(Connection::kStopping);
  if (!workers_.empty()) wait_for_none(grace_ms);
  signal_all(Connection::kKilled);

  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(quit_, &one, sizeof one);
  crew_.dismiss();
  for (auto& worker : workers_) worker.join();
  workers_.clear();
  deadlines.stop();

  // What no worker came to: nobody else runs now, whatever was claimed.
  std::deque<Scheduled> left;
  {
    const std::lock_guard lock(scheduled_mutex_);
    takes_tasks_ = false;
    left.swap(scheduled_);
  }
  for (const auto& scheduled : left) {
    if (scheduled.task) run(scheduled.task);
  }
  for (auto& shard : shards_) {
    for (std::size_t i = 0; i < shard.slots.size(); ++i) {
      if (const auto connection = shard.slots[i]) connection->close();
    }
  }
}

}  // namespace server
