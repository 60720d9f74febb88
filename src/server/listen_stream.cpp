// The part of a connection that streams: an answer that goes on after its head, fed from any thread through an Outlet.
#include <utility>

#include "server/listen_connection.h"
#include "server/listen_loop.h"

namespace server {
namespace {

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

void Connection::begin_stream() {
  phase_ = Phase::streaming;
  loop_.counters.streams.fetch_add(1);
  {
    const std::lock_guard lock(mutex_);
    stream_open_ = true;
  }
  std::exchange(stream_, nullptr)(std::make_shared<StreamOutlet>(shared_from_this()));
}

bool Connection::send_stream() {
  if (half_closed_ || stopping_) {
    close();
    return false;
  }
  const bool all_sent = send_waiting();
  if (phase_ == Phase::closed) return false;
  std::string bytes;
  bool open = false;
  bool cut = false;
  {
    const std::lock_guard lock(mutex_);
    if (all_sent) bytes.swap(stream_queue_);
    stream_unsent_ = transport_.waiting() + bytes.size();
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

}  // namespace server
