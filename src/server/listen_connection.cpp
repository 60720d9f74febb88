#include "server/listen_connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "http/problem.h"
#include "server/listen_loop.h"

namespace server {
namespace {

// Set in Connection::signals_ while somebody runs it, or will.
constexpr std::uint32_t kClaimed = 1U << 31;
// What a client may still send after its refusal, so that it gets to reading the answer; and how long that may take.
constexpr std::size_t kMaxDrain = 16 * 1024 * 1024;
constexpr std::int64_t kLingerMs = 2'000;
// How much one connection does before others have their turn.
constexpr int kTurns = 64;
// A worker's buffer that one large answer made large does not stay so.
constexpr std::size_t kKeptBuffer = 256 * 1024;

Transfer send_plain(int socket, std::string_view bytes) {
  const auto size = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size >= 0) return {Moved::some, static_cast<std::size_t>(size)};
  return {errno == EAGAIN || errno == EINTR ? Moved::blocked : Moved::closed, 0};
}

// What the client has not taken of what the kernel has of ours. The kernel says "writable" only after about a third of
// its buffer, so this is how a slow reader's progress shows.
int unread_bytes(int socket) {
  int unread = 0;
  return ::ioctl(socket, SIOCOUTQ, &unread) == 0 ? unread : 0;
}

// One request's right to one answer. Nobody's answer is a fault of ours, not a reason for the client to wait for ever.
class Ticket {
 public:
  Ticket(std::shared_ptr<Connection> connection, std::uint64_t exchange)
      : connection_(std::move(connection)), exchange_(exchange) {}
  ~Ticket() {
    if (!used_) answer(http::problem(500, "The request was not answered. This is a fault of the server.", {}));
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void answer(http::Reply reply) {
    used_ = true;
    connection_->answer(exchange_, std::move(reply));
  }

 private:
  const std::shared_ptr<Connection> connection_;
  const std::uint64_t exchange_;
  std::atomic<bool> used_{false};
};

class StreamOutlet : public http::Outlet {
 public:
  explicit StreamOutlet(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~StreamOutlet() override { connection_->end_stream(); }

  bool send(std::string_view bytes) override { return connection_->queue(bytes); }
  [[nodiscard]] bool open() const override { return connection_->streaming(); }
  void close() override { connection_->end_stream(); }

 private:
  const std::shared_ptr<Connection> connection_;
};

}  // namespace

Connection::Connection(Loop& loop, int socket, std::string address, std::unique_ptr<TlsSession> tls)
    : loop_(loop),
      socket_(socket),
      address_(std::move(address)),
      tls_(std::move(tls)),
      phase_(tls_ ? Phase::handshake : Phase::receiving),
      framing_(loop.limits) {
  wait_for(tls_ ? Waiting::handshake : Waiting::idle);
}

Connection::~Connection() = default;

bool Connection::claim(std::uint32_t signals) { return (signals_.fetch_or(signals | kClaimed) & kClaimed) == 0; }

void Connection::signal(std::uint32_t signals) {
  if (claim(signals)) loop_.schedule(shared_from_this());
}

void Connection::run(Worker& worker) {
  std::uint32_t claimed = kClaimed;
  do {
    step(signals_.exchange(kClaimed) & ~kClaimed, worker);
    int turns = 0;
    const auto advance = [&] {
      switch (phase_) {
        case Phase::handshake:
          return shake_hands();
        case Phase::receiving:
          return gather(worker);
        case Phase::answering:
          return take_answer(worker);
        case Phase::sending:
          return send_rest();
        case Phase::streaming:
          return send_stream();
        case Phase::lingering:
          return drain(worker);
        case Phase::closed:
          break;
      }
      return false;
    };
    while (advance()) {
      if (++turns < kTurns) continue;
      loop_.schedule(shared_from_this());  // still claimed
      return;
    }
    claimed = kClaimed;
  } while (!signals_.compare_exchange_strong(claimed, 0));
}

void Connection::step(std::uint32_t signals, Worker& worker) {
  if (phase_ == Phase::closed) return;
  if ((signals & (kKilled | kBroken)) != 0) return close();
  if ((signals & (kReadable | kHalfClosed)) != 0) readable_ = true;
  if ((signals & kHalfClosed) != 0) half_closed_ = true;
  if ((signals & kStopping) != 0) stopping_ = true;
  if ((signals & kExpired) != 0) on_deadline(worker);
}

void Connection::expire() { signal(kExpired); }

// --- Receiving -------------------------------------------------------------------------------------------------------

bool Connection::shake_hands() {
  const auto moved = stopping_ ? Moved::closed : tls_->handshake();
  if (moved == Moved::closed) close();
  if (moved == Moved::some) phase_ = Phase::receiving;
  return moved == Moved::some;
}

bool Connection::gather(Worker& worker) {
  const auto state = framing_.state();
  if (state == http::FramingState::complete) {
    begin_exchange();
    return true;
  }
  if (state == http::FramingState::refused) {
    refuse(framing_.status(), framing_.detail(), worker);
    return true;
  }
  const bool in_body = state == http::FramingState::body;
  if (stopping_ && !in_body) {
    close();
    return false;
  }
  if (!readable_) {
    if (state == http::FramingState::empty) {
      wait_for(Waiting::idle);
    } else {
      wait_for(in_body ? Waiting::body : Waiting::head);
    }
    return false;
  }
  const auto received = receive(worker);
  if (received.moved == Moved::closed) {
    close();
  } else if (received.moved == Moved::blocked) {
    readable_ = false;
  } else {
    framing_.feed({worker.in.data(), received.size});
    if (framing_.take_expectation()) send("HTTP/1.1 100 Continue\r\n\r\n");
  }
  return true;
}

Transfer Connection::receive(Worker& worker) {
  if (tls_) return tls_->receive(worker.in);
  const auto size = ::recv(socket_, worker.in.data(), worker.in.size(), 0);
  if (size > 0) {
    // A short read has emptied the socket, and what comes later is a new event. The end, if it came already, is not.
    if (static_cast<std::size_t>(size) < worker.in.size() && !half_closed_) readable_ = false;
    return {Moved::some, static_cast<std::size_t>(size)};
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {Moved::blocked, 0};
  return {Moved::closed, 0};
}

// --- Answering -------------------------------------------------------------------------------------------------------

void Connection::begin_exchange() {
  auto request = framing_.take();
  request.client_address = address_;
  request.secure = tls_ != nullptr;
  exchange_.keep_alive = framing_.keep_alive();
  exchange_.old_version = request.minor_version == 0;
  describe(exchange_, request.method_name, request.path);
  loop_.counters.requests.fetch_add(1, std::memory_order_relaxed);
  waiting_ = Waiting::nothing;
  phase_ = Phase::answering;

  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++exchange_number_;
    unanswered_ = true;
  }
  auto ticket = std::make_shared<Ticket>(shared_from_this(), number);
  try {
    loop_.dispatch(std::move(request), [ticket](http::Reply reply) { ticket->answer(std::move(reply)); });
  } catch (...) {
    ticket->answer(http::problem(500, "The server failed to answer this request.", {}));
  }
}

void Connection::answer(std::uint64_t exchange, http::Reply reply) {
  // The signal is given with the lock held: a connection that is not closed has a loop.
  const std::lock_guard lock(mutex_);
  if (!unanswered_ || exchange != exchange_number_) return;
  unanswered_ = false;
  answer_ = std::move(reply);
  signal(kAnswered);
}

bool Connection::take_answer(Worker& worker) {
  std::optional<http::Reply> reply;
  {
    const std::lock_guard lock(mutex_);
    reply.swap(answer_);
  }
  if (!reply) {
    wait_for(Waiting::nothing);
    return false;
  }
  write(std::move(*reply), worker);
  return true;
}

void Connection::refuse(int status, std::string_view detail, Worker& worker) {
  loop_.counters.refused.fetch_add(1, std::memory_order_relaxed);
  const auto id = loop_.options.make_request_id ? loop_.options.make_request_id() : std::string();
  auto reply = http::problem(status, detail, id);
  if (!id.empty()) reply.header("X-Request-Id", id);
  reply.header("Access-Control-Allow-Origin", "*");
  describe(exchange_, "GET", "/");
  exchange_.keep_alive = false;
  write(std::move(reply), worker);
}

void Connection::write(http::Reply reply, Worker& worker) {
  if (reply.delivery == http::Delivery::dropped) {
    // A reset, so that the client does not take it for an empty answer.
    const ::linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return close();
  }
  if (stopping_) exchange_.keep_alive = false;
  auto& out = worker.out;
  out.clear();
  const auto head = worker.codec.write(out, exchange_, reply);
  close_after_ = !exchange_.keep_alive;
  if (reply.stream) {
    close_after_ = true;
    if (!exchange_.line.starts_with("HEAD ")) {
      out.append(reply.body);
      stream_ = std::move(reply.stream);
    }
  }
  if (reply.delivery == http::Delivery::truncated) {
    close_after_ = true;
    stream_ = nullptr;
    out.resize(head + (out.size() - head) / 2);
  }
  phase_ = Phase::sending;
  send(out);
  if (out.capacity() > kKeptBuffer) std::string().swap(out);
}

// --- Sending ---------------------------------------------------------------------------------------------------------

bool Connection::send(std::string_view bytes) {
  if (pending_.empty()) {
    while (!bytes.empty()) {
      const auto sent = tls_ ? tls_->send(bytes) : send_plain(socket_, bytes);
      if (sent.moved == Moved::closed) {
        close();
        return false;
      }
      if (sent.moved == Moved::blocked) break;
      bytes.remove_prefix(sent.size);
    }
    if (bytes.empty()) return true;
  }
  pending_.append(bytes);
  if (!std::exchange(watching_writes_, true)) loop_.watch_writing(socket_);
  wait_for(Waiting::write, true);
  return true;
}

bool Connection::send_pending() {
  while (sent_ < pending_.size()) {
    const auto rest = std::string_view(pending_).substr(sent_);
    const auto sent = tls_ ? tls_->send(rest) : send_plain(socket_, rest);
    if (sent.moved == Moved::closed) {
      close();
      return false;
    }
    if (sent.moved == Moved::blocked) return false;
    sent_ += sent.size;
    wait_for(Waiting::write, true);
  }
  std::string().swap(pending_);
  sent_ = 0;
  return true;
}

bool Connection::send_rest() {
  if (!send_pending()) return false;
  after_answer();
  return true;
}

void Connection::after_answer() {
  waiting_ = Waiting::nothing;
  if (stream_) {
    phase_ = Phase::streaming;
    loop_.counters.streams.fetch_add(1);
    {
      const std::lock_guard lock(mutex_);
      stream_open_ = true;
    }
    std::exchange(stream_, nullptr)(std::make_shared<StreamOutlet>(shared_from_this()));
  } else if (close_after_) {
    linger();
  } else {
    phase_ = Phase::receiving;
  }
}

// --- Streams ---------------------------------------------------------------------------------------------------------

bool Connection::queue(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (!stream_open_ || stream_cut_) return false;
  if (stream_queue_.size() + stream_unsent_ + bytes.size() > loop_.options.max_outlet_queue) {
    stream_cut_ = true;
  } else {
    stream_queue_.append(bytes);
  }
  signal(kQueued);
  return !stream_cut_;
}

void Connection::end_stream() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(stream_open_, false)) signal(kQueued);
}

bool Connection::streaming() {
  const std::lock_guard lock(mutex_);
  return stream_open_ && !stream_cut_;
}

bool Connection::send_stream() {
  if (half_closed_ || stopping_) {
    close();
    return false;
  }
  const bool all_sent = send_pending();
  if (phase_ == Phase::closed) return false;
  std::string bytes;
  bool open = false;
  bool cut = false;
  {
    const std::lock_guard lock(mutex_);
    if (all_sent) bytes.swap(stream_queue_);
    stream_unsent_ = pending_.size() - sent_ + bytes.size();
    open = stream_open_;
    cut = stream_cut_;
  }
  if (cut) {
    close();
    return false;
  }
  if (!bytes.empty()) return send(bytes);
  if (!all_sent) return false;
  if (open) {
    wait_for(Waiting::nothing);
    return false;
  }
  linger();
  return true;
}

void Connection::leave_stream() {
  if (phase_ == Phase::streaming) loop_.counters.streams.fetch_sub(1);
  const std::lock_guard lock(mutex_);
  stream_open_ = false;
  std::string().swap(stream_queue_);
}

// --- The end ---------------------------------------------------------------------------------------------------------

void Connection::on_deadline(Worker& worker) {
  if (steady_ms() < due_) return;  // renewed meanwhile
  switch (waiting_) {
    case Waiting::nothing:
      loop_.deadlines.set(*this, due_ = kNever);
      break;
    case Waiting::head:
      return refuse(408, "The request's head did not arrive in time.", worker);
    case Waiting::body:
      return refuse(408, "The request's body did not arrive in time.", worker);
    case Waiting::write:
      if (const int unread = unread_bytes(socket_); unread < unread_) return wait_for(Waiting::write, true);
      loop_.counters.refused.fetch_add(1, std::memory_order_relaxed);
      return close();
    case Waiting::handshake:
    case Waiting::idle:
    case Waiting::linger:
      return close();
  }
}

bool Connection::drain(Worker& worker) {
  if (!readable_) {
    wait_for(Waiting::linger);
    return false;
  }
  // Of a TLS connection too what comes is only counted.
  const auto size = ::recv(socket_, worker.in.data(), worker.in.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
    readable_ = false;
    return true;
  }
  if (size > 0) drained_ += static_cast<std::size_t>(size);
  if (size > 0 && drained_ <= kMaxDrain) return true;
  close();
  return false;
}

// Closing while bytes of the client are unread would reset the connection, and the reset could overtake our answer.
void Connection::linger() {
  leave_stream();
  if (tls_) tls_->finish();
  ::shutdown(socket_, SHUT_WR);
  framing_ = http::Framing(loop_.limits);
  phase_ = Phase::lingering;
  readable_ = true;
  wait_for(Waiting::linger, true);
}

void Connection::close() {
  leave_stream();
  {
    const std::lock_guard lock(mutex_);
    unanswered_ = false;
    answer_.reset();
  }
  stream_ = nullptr;
  framing_ = http::Framing(loop_.limits);
  std::string().swap(pending_);
  phase_ = Phase::closed;
  loop_.deadlines.remove(*this);
  loop_.forget(socket_);
}

void Connection::wait_for(Waiting waiting, bool anew) {
  if (waiting == waiting_ && !anew) return;
  waiting_ = waiting;
  const auto& options = loop_.options;
  const auto after = [](std::int64_t ms) { return steady_ms() + ms; };
  switch (waiting) {
    case Waiting::nothing:
      return;  // the last deadline is met with a shrug, which costs less than to take it back
    case Waiting::handshake:
    case Waiting::head:
      due_ = after(options.head_deadline_ms);
      break;
    case Waiting::body:
      due_ = after(options.body_deadline_ms);
      break;
    case Waiting::idle:
      due_ = after(options.idle_deadline_ms);
      break;
    case Waiting::write:
      due_ = after(options.write_deadline_ms);
      unread_ = unread_bytes(socket_);
      break;
    case Waiting::linger:
      due_ = after(kLingerMs);
      break;
  }
  loop_.deadlines.set(*this, due_);
}

}  // namespace server
