#include "server/listen_library.h"

#include <fcntl.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <type_traits>

#include "core/clock.h"
#include "http/request.h"

namespace server {
namespace {

// The accept thread does each accepted socket's little work itself.
class InlineQueue : public httplib::TaskQueue {
 public:
  // void in older versions, bool in newer ones.
  using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::function<void()>()));

  Enqueued enqueue(std::function<void()> task) override {
    task();
    return static_cast<Enqueued>(true);
  }
  void shutdown() override {}
};

// One request's line on the way in, its answer on the way out. Some of these functions override in older versions only,
// some in newer ones only.
class MemoryStream : public httplib::Stream {
 public:
  MemoryStream(std::string_view in, std::string& out) : in_(in), out_(out) {}

  virtual bool is_readable() const { return !in_.empty(); }
  virtual bool is_writable() const { return true; }
  virtual bool wait_readable() const { return !in_.empty(); }
  virtual bool wait_writable() const { return true; }
  virtual time_t duration() const { return 0; }

  ssize_t read(char* to, size_t size) override {
    const auto part = in_.substr(0, size);
    std::copy(part.begin(), part.end(), to);
    in_.remove_prefix(part.size());
    return static_cast<ssize_t>(part.size());
  }
  ssize_t write(const char* from, size_t size) override {
    out_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  std::string_view in_;
  std::string& out_;
};

// Calls whichever process_request this version of the library has. A template, so that only the one that exists is
// looked for.
template <class Server>
struct ProcessRequest : Server {
  bool process(httplib::Stream& stream) {
    bool closed = false;
    // "Connection: close" spares the library a string stream for Keep-Alive; what is right is set after routing.
    constexpr bool close = true;
    if constexpr (requires { this->process_request(stream, close, closed, nullptr); }) {
      return this->process_request(stream, close, closed, nullptr);
    } else {
      return this->process_request(stream, std::string(), 0, std::string(), 0, close, closed, nullptr);
    }
  }
};

// IMF-fixdate (RFC 9110, section 5.6.7): written anew once a second.
class DateText {
 public:
  const std::string& now() {
    const core::Time second = core::AdjustableClock::real_now() / core::kSecond;
    if (second != second_) {
      second_ = second;
      const std::time_t time = second;
      std::tm parts{};
      gmtime_r(&time, &parts);
      std::array<char, 40> text{};
      // The C locale's names: nothing in this program sets another.
      const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
      text_.assign(text.data(), size);
    }
    return text_;
  }

 private:
  core::Time second_ = -1;
  std::string text_;
};

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------

class Acceptor::Library : public httplib::Server {
 public:
  Library(int listening, std::function<void(int)> adopt) : listening_(listening), adopt_(std::move(adopt)) {
    new_task_queue = [] { return new InlineQueue; };
  }
  ~Library() override { ::close(listening_); }

  // The library gives up, and closes its socket, on errors of accept() that pass (ENFILE, ENOBUFS, ECONNABORTED): each
  // turn gets a descriptor of its own for the same listening socket.
  void run() {
    while (!stopping_) {
      const int turn = ::fcntl(listening_, F_DUPFD_CLOEXEC, 0);
      if (turn >= 0) {
        svr_sock_ = turn;
        recommission(*this);
        // It leaves without an error only when it was asked to, and leaves the closing to us then.
        if (stopping_ || listen_after_bind()) ::close(turn);
      }
      if (!stopping_) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  void stop() {
    stopping_ = true;
    svr_sock_ = INVALID_SOCKET;
    ::shutdown(listening_, SHUT_RDWR);  // wakes accept(), and the port refuses connections
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    adopt_(socket);
    return true;
  }

  // Newer versions remember that they failed once.
  template <class Server>
  static void recommission(Server& server) {
    if constexpr (requires { server.is_decommissioned = false; }) server.is_decommissioned = false;
  }

  const int listening_;
  const std::function<void(int)> adopt_;
  std::atomic<bool> stopping_{false};
};

Acceptor::Acceptor(int listening, std::function<void(int)> adopt)
    : library_(std::make_unique<Library>(listening, std::move(adopt))) {}

Acceptor::~Acceptor() { stop(); }

void Acceptor::start() {
  thread_ = std::thread([this] { library_->run(); });
}

void Acceptor::stop() {
  library_->stop();
  if (thread_.joinable()) thread_.join();
}

// ---------------------------------------------------------------------------------------------------------------------

class Codec::Library : public ProcessRequest<httplib::Server> {
 public:
  Library() {
    set_pre_routing_handler([this](const httplib::Request&, httplib::Response& response) {
      fill(response);
      return HandlerResponse::Handled;
    });
    set_post_routing_handler([this](const httplib::Request&, httplib::Response& response) { correct(response); });
  }

  std::size_t write(std::string& out, const Exchange& exchange, http::Reply& reply) {
    const auto before = out.size();
    exchange_ = &exchange;
    reply_ = &reply;
    body_ = 0;
    line_.assign(exchange.line).append(" HTTP/1.1\r\n\r\n");
    MemoryStream stream(line_, out);
    process(stream);
    const bool head_only = exchange.line.starts_with("HEAD ");
    return out.size() - before - (head_only ? 0 : body_);
  }

 private:
  void fill(httplib::Response& response) {
    response.status = reply_->status;
    const bool bodiless = reply_->status == 204 || reply_->status == 304;
    if (!bodiless && !reply_->stream) {
      response.body = std::move(reply_->body);
      body_ = response.body.size();
    }
    if (!bodiless && !reply_->content_type.empty()) {
      response.headers.emplace("Content-Type", std::string(reply_->content_type));
    }
    // set_header leaves out a value with a line break in it.
    for (auto& [name, value] : reply_->headers) response.set_header(std::string(name), value);
    response.headers.emplace("Date", date_.now());
  }

  // What the library added on its own, put right.
  void correct(httplib::Response& response) {
    auto& headers = response.headers;
    if (exchange_->keep_alive && !reply_->stream) {
      const auto connection = headers.find("Connection");
      if (exchange_->old_version) {
        connection->second = "keep-alive";
      } else {
        headers.erase(connection);
      }
    }
    headers.erase("Accept-Ranges");
    // RFC 9110, section 8.6: none with 204; with 304 it would be the length of what was not sent.
    if (reply_->status == 204 || reply_->status == 304 || reply_->stream) headers.erase("Content-Length");
  }

  std::string line_;
  const Exchange* exchange_ = nullptr;
  http::Reply* reply_ = nullptr;
  std::size_t body_ = 0;
  DateText date_;
};

Codec::Codec() : library_(std::make_unique<Library>()) {}
Codec::~Codec() = default;

std::size_t Codec::write(std::string& out, const Exchange& exchange, http::Reply& reply) {
  return library_->write(out, exchange, reply);
}

void describe(Exchange& exchange, std::string_view method, std::string_view path) {
  // A path that the library would have to decode, cut or refuse.
  constexpr std::size_t kLongest = 256;
  const bool plain = path.size() <= kLongest && path.starts_with('/') && path.find('%') == path.npos;
  const bool known = http::method_from(method) != http::Method::other;
  exchange.line.assign(known ? method : "GET").append(1, ' ').append(plain ? path : "/");
}

}  // namespace server
