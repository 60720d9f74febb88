#include "server/listen_connection.h"

#include <exception>
#include <utility>

#include "core/log.h"
#include "http/problem.h"
#include "server/listen_loop.h"

namespace server {
namespace {

// What a client may still send after its refusal, so that it gets to reading the answer; and how long that may take.
constexpr std::size_t kMaxDrain = 16 * 1024 * 1024;
constexpr std::int64_t kLingerMs = 2'000;
// How much one connection does before others have their turn.
constexpr int kTurns = 64;
// A worker's buffer that one large answer made large does not stay so.
constexpr std::size_t kKeptBuffer = 256 * 1024;

// One request's right to one answer. That nobody answers is a fault of ours, no reason for the client to wait for ever.
class Ticket {
 public:
  Ticket(std::shared_ptr<Connection> connection, std::uint64_t exchange)
      : connection_(std::move(connection)), exchange_(exchange) {}
  ~Ticket() {
    if (!used_) fail();
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void answer(http::Reply&& reply) {
    used_ = true;
    connection_->answer(exchange_, std::move(reply));
  }
  void fail() { answer(http::problem(500, "The server failed to answer this request.", {})); }

 private:
  const std::shared_ptr<Connection> connection_;
  const std::uint64_t exchange_;
  std::atomic<bool> used_{false};
};

}  // namespace

Connection::Connection(Loop& loop, int socket, std::string address, std::unique_ptr<TlsSession> tls)
    : loop_(loop),
      socket_(socket),
      address_(std::move(address)),
      transport_(socket, std::move(tls)),
      framing_(loop.limits) {}

Connection::~Connection() = default;

void Connection::begin(const std::function<void()>& watch) {
  wait_for(transport_.secure() ? Waiting::handshake : Waiting::idle);
  watch();
  std::uint32_t claimed = kClaimed;
  if (!signals_.compare_exchange_strong(claimed, 0)) loop_.schedule(shared_from_this());
}

bool Connection::claim(std::uint32_t signals) { return (signals_.fetch_or(signals | kClaimed) & kClaimed) == 0; }

void Connection::signal(std::uint32_t signals) {
  if (claim(signals)) loop_.schedule(shared_from_this());
}

void Connection::run(Worker& worker) {
  std::uint32_t claimed = kClaimed;
  do {
    try {
      step(signals_.exchange(kClaimed) & ~kClaimed, worker);
      int turns = 0;
      while (advance(worker)) {
        if (++turns < kTurns) continue;
        loop_.schedule(shared_from_this());  // still claimed
        return;
      }
    } catch (const std::exception& failure) {  // no memory: this client's loss, not everybody's
      core::log(core::LogLevel::error, "connection dropped", {{"cause", failure.what()}});
      close();
    }
    claimed = kClaimed;
  } while (!signals_.compare_exchange_strong(claimed, 0));
}

bool Connection::advance(Worker& worker) {
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
  const auto moved = stopping_ ? Moved::closed : transport_.handshake();
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
  const auto received = transport_.receive(worker.in);
  if (received.moved == Moved::closed) {
    if (framing_.end() != http::FramingState::refused) close();
  } else if (received.moved == Moved::blocked) {
    readable_ = false;
  } else {
    // A short read has emptied the socket, and what comes later is a new event. The end, if it came already, is not;
    // and TLS has a buffer of its own.
    if (received.size < worker.in.size() && !half_closed_ && !transport_.secure()) readable_ = false;
    framing_.feed({worker.in.data(), received.size});
    if (framing_.take_expectation()) send("HTTP/1.1 100 Continue\r\n\r\n");
  }
  return true;
}

// --- Answering -------------------------------------------------------------------------------------------------------

void Connection::begin_exchange() {
  auto request = framing_.take();
  request.client_address = address_;
  request.secure = transport_.secure();
  exchange_.keep_alive = framing_.keep_alive();
  exchange_.old_version = request.minor_version == 0;
  exchange_.head = request.method == http::Method::head;
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
    loop_.dispatch(std::move(request), [ticket](http::Reply&& reply) { ticket->answer(std::move(reply)); });
  } catch (...) {
    ticket->fail();
  }
}

void Connection::answer(std::uint64_t exchange, http::Reply&& reply) {
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
  exchange_.head = false;
  exchange_.keep_alive = false;
  write(std::move(reply), worker);
}

void Connection::write(http::Reply&& reply, Worker& worker) {
  if (reply.delivery == http::Delivery::dropped) {
    transport_.abort();
    return close();
  }
  if (stopping_ || loop_.stopping) exchange_.keep_alive = false;
  auto& out = worker.out;
  out.clear();
  const auto head = worker.codec.write(out, exchange_, reply);
  close_after_ = !exchange_.keep_alive;
  if (reply.stream) {
    close_after_ = true;
    if (!exchange_.head) {
      out.append(reply.body);
      stream_ = std::move(reply.stream);
    }
  }
  if (reply.delivery == http::Delivery::truncated) {
    close_after_ = true;
    stream_ = nullptr;
    out.resize(out.size() > head ? head + (out.size() - head) / 2 : head / 2);
  }
  phase_ = Phase::sending;
  send(out);
  if (out.capacity() > kKeptBuffer) std::string().swap(out);
}

// --- Sending ---------------------------------------------------------------------------------------------------------

bool Connection::send(std::string_view bytes) {
  const auto moved = transport_.send(bytes);
  if (moved == Moved::closed) close();
  if (moved == Moved::blocked) {
    if (!std::exchange(watching_writes_, true)) loop_.watch_writing(socket_);
    wait_for(Waiting::write, true);
  }
  return moved != Moved::closed;
}

bool Connection::send_waiting() {
  bool progressed = false;
  const auto moved = transport_.flush(progressed);
  if (moved == Moved::closed) close();
  if (moved == Moved::blocked) wait_for(Waiting::write, progressed);
  return moved == Moved::some;
}

bool Connection::send_rest() {
  if (!send_waiting()) return false;
  after_answer();
  return true;
}

void Connection::after_answer() {
  waiting_ = Waiting::nothing;
  if (stream_) {
    begin_stream();
  } else if (close_after_) {
    linger();
  } else {
    phase_ = Phase::receiving;
  }
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
      if (transport_.untaken() < untaken_) return wait_for(Waiting::write, true);
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
  const auto received = transport_.discard(worker.in);
  drained_ += received.size;
  if (received.moved == Moved::blocked) {
    readable_ = false;
  } else if (received.moved == Moved::closed || drained_ > kMaxDrain) {
    close();
  }
  return true;
}

// Closing while bytes of the client are unread would reset the connection, and the reset could overtake our answer.
void Connection::linger() {
  leave_stream();
  transport_.finish();
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
  transport_.forget_waiting();
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
      untaken_ = transport_.untaken();
      break;
    case Waiting::linger:
      due_ = after(kLingerMs);
      break;
  }
  loop_.deadlines.set(*this, due_);
}

}  // namespace server
