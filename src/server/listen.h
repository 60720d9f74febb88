// Sockets. Its parts are the listen_*.h beside it, which nobody else includes; listen_library alone sees cpp-httplib.
//
// Connections are parked in epoll and hold no thread: bytes are gathered until one whole request is there, a worker
// hands it to `dispatch`, and the answer leaves from a buffer. A connection's requests are answered one after another,
// in order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/reply.h"
#include "http/request.h"

namespace server {

struct ListenOptions {
  std::string host = "127.0.0.1";
  int port = 8080;  // 0: any free port
  int workers = 4;
  std::size_t max_body = 1024 * 1024;
  std::size_t max_target = 8 * 1024;
  std::size_t max_head = 32 * 1024;
  std::int64_t head_deadline_ms = 10'000;      // from a request's first byte to its whole head
  std::int64_t body_deadline_ms = 30'000;      // from the head to the whole body
  std::int64_t idle_deadline_ms = 75'000;      // between two requests
  std::int64_t write_deadline_ms = 30'000;     // without progress while an answer waits to be read
  std::size_t max_connections = 65'536;        // beyond it new ones are closed at once
  std::size_t max_outlet_queue = 1024 * 1024;  // bytes that may wait for a streaming client before it is cut
  std::string tls_cert;                        // PEM files; both or none
  std::string tls_key;
  // Ids for answers to requests that never reach dispatch (malformed, too large, too slow). Empty: they carry none.
  std::function<std::string()> make_request_id = {};
};

// Counted since start; for /metrics.
struct ListenFigures {
  std::uint64_t accepted = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;  // malformed, too large, too slow
  std::size_t open = 0;
  std::size_t streams = 0;
};

class Listener {
 public:
  using Dispatch = std::function<void(http::Request&& request, http::Respond&& respond)>;

  // Binds and listens: throws core::Error with a sentence that names the address where that fails (in use, not ours,
  // no permission) or a certificate that cannot be read. Connections are accepted from start() on.
  Listener(ListenOptions options, Dispatch dispatch);
  ~Listener();

  void start();
  // Stops accepting, closes idle connections and streams, answers what is in flight (grace_ms at most), ends all
  // threads. `dispatch` is not called any more when it returns.
  void stop(std::int64_t grace_ms);

  // From any thread: has a worker run `task`, which is moved away then. False, and nothing is done, while there are no
  // workers: before start() and after stop().
  bool run_soon(std::function<void()>& task);

  [[nodiscard]] int port() const;
  [[nodiscard]] ListenFigures figures() const;

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace server
