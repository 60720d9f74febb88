// One client's connection: gathers requests, has them answered in order, sends the answers. Owned by the loop's table.
//
// Threads: one worker at a time runs it (see `signal`), and only that worker touches the members that are not marked.
// What other threads leave here (an answer, a stream's bytes) is guarded by mutex_.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "http/reply.h"
#include "server/listen_deadlines.h"
#include "server/listen_library.h"
#include "server/listen_transport.h"

namespace server {

class Loop;
struct Worker;

class Connection : public Timed, public std::enable_shared_from_this<Connection> {
 public:
  // What happened to it. Bits; they add up until a worker takes notice.
  enum Signal : std::uint32_t {
    kReadable = 1,
    kWritable = 2,
    kHalfClosed = 4,  // the client will send nothing more
    kBroken = 8,
    kAnswered = 16,
    kQueued = 32,  // a stream has bytes, or ends
    kExpired = 64,
    kStopping = 128,  // nothing new: close when what is in flight is answered
    kKilled = 256,    // close now
  };

  Connection(Loop& loop, int socket, std::string address, std::unique_ptr<TlsSession> tls);
  ~Connection() override;

  // Once, on the thread that made it: sets the first deadline and has `watch` tell the epoll of the socket. No worker
  // runs the connection before that is done.
  void begin(const std::function<void()>& watch);

  // From any thread. True if the caller must see to it that run() is called, which others rely on from then on.
  [[nodiscard]] bool claim(std::uint32_t signals);
  // claim(), and the loop sees to it.
  void signal(std::uint32_t signals);
  // On a worker, after claim() gave true: handles every signal that has come or comes meanwhile.
  void run(Worker& worker);

  // From any thread: the answer to the exchange of that number. Ignored if that one has been answered.
  void answer(std::uint64_t exchange, http::Reply&& reply);

  // For a stream's outlet, from any thread.
  bool queue(std::string_view bytes);
  void end_stream();
  [[nodiscard]] bool streaming();

  // On the worker that runs it, or when all workers have ended.
  void close();

 private:
  enum class Phase { handshake, receiving, answering, sending, streaming, lingering, closed };
  enum class Waiting { nothing, handshake, idle, head, body, write, linger };

  void expire() override;
  void step(std::uint32_t signals, Worker& worker);
  // Goes on from its phase, as does each of the next; true if there may be more to do at once.
  bool advance(Worker& worker);
  bool shake_hands();
  bool gather(Worker& worker);
  bool take_answer(Worker& worker);
  bool send_rest();
  bool send_stream();
  bool drain(Worker& worker);

  void begin_exchange();
  void refuse(int status, std::string_view detail, Worker& worker);
  void write(http::Reply&& reply, Worker& worker);
  void after_answer();
  void begin_stream();
  void leave_stream();
  void on_deadline(Worker& worker);
  // Sends `bytes` and keeps what the socket does not take. False if the connection is gone.
  bool send(std::string_view bytes);
  // Sends what waits. True if nothing is left.
  bool send_waiting();
  void linger();
  void wait_for(Waiting waiting, bool anew = false);

  Loop& loop_;
  const int socket_;
  const std::string address_;
  Transport transport_;

  // Besides signals: set while somebody runs it, or will.
  static constexpr std::uint32_t kClaimed = 1U << 31;
  std::atomic<std::uint32_t> signals_{kClaimed};  // any thread

  Phase phase_ = Phase::handshake;
  Waiting waiting_ = Waiting::nothing;
  std::int64_t due_ = kNever;  // of waiting_; steady_ms()
  int untaken_ = 0;            // when it began to wait for writing
  bool readable_ = true;       // there may be bytes to receive
  bool half_closed_ = false;
  bool stopping_ = false;
  bool watching_writes_ = false;
  bool close_after_ = false;
  std::size_t drained_ = 0;
  http::Framing framing_;
  Exchange exchange_;
  std::function<void(std::shared_ptr<http::Outlet>)> stream_;

  std::mutex mutex_;
  std::uint64_t exchange_number_ = 0;  // guarded by mutex_, like all below
  bool unanswered_ = false;            // the exchange of that number has no answer yet
  std::optional<http::Reply> answer_;
  bool stream_open_ = false;
  bool stream_cut_ = false;  // more was waiting than its share
  std::string stream_queue_;
  std::size_t stream_unsent_ = 0;  // of what was taken from the queue
};

}  // namespace server
