// The event loop: one epoll for all connections, shared by the worker threads.
//
// Events are edge-triggered, and a connection's own mailbox (Connection::signal) makes sure that one worker at a time
// runs it. So no system call arms anything between two requests.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/head.h"
#include "server/listen.h"
#include "server/listen_crew.h"
#include "server/listen_deadlines.h"
#include "server/listen_library.h"
#include "server/listen_tls.h"

namespace server {

class Connection;

// What a worker thread has for itself and lends to the connection that it runs.
struct Worker {
  Codec codec;
  std::array<char, 64 * 1024> in;  // what was received last
  std::string out;                 // answers that are about to be sent
  bool more = false;               // something is scheduled that it left
};

class Loop {
 public:
  Loop(ListenOptions options, Listener::Dispatch dispatch);
  ~Loop();

  // Starts who answers; then who helps out where they are held up, and who looks after deadlines. Both once.
  void start();
  void start_rest();
  // Takes over an accepted socket.
  void adopt(int socket);
  // See Listener::stop. No socket is adopted any more when it is called.
  void stop(std::int64_t grace_ms);

  // For connections -----------------------------------------------------------------------------------------------

  // Has a worker run the connection soon.
  void schedule(std::shared_ptr<Connection> connection);
  // See Listener::run_soon.
  bool run_soon(std::function<void()>& task);
  // Also tells when the connection's socket can be written to again.
  void watch_writing(int socket);
  // The connection was closed: its socket is forgotten, then closed.
  void forget(int socket);

  struct Counters {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::size_t> open{0};
    std::atomic<std::size_t> streams{0};
  };

  const ListenOptions options;
  const http::FramingLimits limits;
  const Listener::Dispatch dispatch;
  DeadlineWheel deadlines;
  Counters counters;
  std::atomic<bool> stopping{false};

 private:
  // Connections by socket. An event holds only the socket's number, so one that comes late, for a connection that is
  // closed by then, meets nobody, or its successor, whom it does no harm.
  struct Shard {
    std::mutex mutex;
    std::vector<std::shared_ptr<Connection>> slots;
  };
  static constexpr std::size_t kShards = 64;

  void work(std::size_t number);
  void relieve(std::size_t number);
  // A turn of the worker of that number: waits for events, at most `ms` (-1: for ever), and handles some. False when
  // the loop ends.
  bool serve(std::size_t number, Worker& worker, int ms);
  // One of the two.
  struct Scheduled {
    std::shared_ptr<Connection> connection;
    std::function<void()> task;
  };
  static void run(const std::function<void()>& task);
  void run_scheduled(Worker& worker);
  std::shared_ptr<Connection> find(int socket);
  void signal_all(std::uint32_t signals);
  bool wait_for_none(std::int64_t ms);
  void wake();

  int epoll_ = -1;
  int wake_ = -1;  // an eventfd: something was scheduled
  int quit_ = -1;  // an eventfd: the workers end
  std::size_t max_connections_;
  std::unique_ptr<TlsContext> tls_;
  std::array<Shard, kShards> shards_;
  std::mutex scheduled_mutex_;
  std::deque<Scheduled> scheduled_;  // guarded by scheduled_mutex_, like the next
  bool takes_tasks_ = false;         // there are workers
  std::mutex none_mutex_;
  std::condition_variable none_;  // the last connection was closed
  Crew crew_;
  std::vector<std::thread> workers_;
};

}  // namespace server
