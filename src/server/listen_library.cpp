#include "server/listen_library.h"

#include <fcntl.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <compare>
#include <ctime>
#include <map>
#include <type_traits>

#include "core/clock.h"

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

// A request's line on the way in, an answer on the way out. Some of these functions override in older versions only,
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
    reply_ = &reply;
    out.append(beginning({reply.status, exchange.keep_alive && !reply.stream, exchange.old_version}));
    write_fields(out);
    out.append(kLineEnd);
    const auto head = out.size() - before;
    if (!is_bodiless() && !reply.stream && !exchange.head) out.append(reply.body);
    return head;
  }

 private:
  static constexpr std::string_view kLineEnd = "\r\n";

  // What decides of the status line and the fields about the connection, which the library writes.
  struct Beginning {
    int status;
    bool keep_alive;
    bool old_version;
    auto operator<=>(const Beginning&) const = default;
  };

  // The library is asked once for each: going through all of process_request costs as much as half of the rest that
  // the server does for a constant answer. What it would refuse is not shown to it: the answer is decided by now.
  const std::string& beginning(const Beginning& wanted) {
    if (const auto known = beginnings_.find(wanted); known != beginnings_.end()) return known->second;
    wanted_ = wanted;
    std::string bytes;
    MemoryStream stream("GET / HTTP/1.1\r\n\r\n", bytes);
    process(stream);
    bytes.resize(bytes.size() - kLineEnd.size());  // the head goes on
    return beginnings_.emplace(wanted, std::move(bytes)).first->second;  // only whole ones are kept
  }

  [[nodiscard]] bool is_bodiless() const { return reply_->status == 204 || reply_->status == 304; }

  void fill(httplib::Response& response) const { response.status = wanted_.status; }

  // What the library added on its own, put right.
  void correct(httplib::Response& response) const {
    auto& headers = response.headers;
    if (wanted_.keep_alive) {
      const auto connection = headers.find("Connection");
      if (wanted_.old_version) {
        connection->second = "keep-alive";
      } else {
        headers.erase(connection);
      }
    }
    headers.erase("Accept-Ranges");
    headers.erase("Content-Length");  // of a body that it does not have
  }

  void write_fields(std::string& out) {
    // RFC 9110, section 8.6: no length with 204; with 304 it would be that of what was not sent.
    if (!is_bodiless()) {
      if (!reply_->content_type.empty()) write_field(out, "Content-Type", reply_->content_type);
      if (!reply_->stream) write_field(out, "Content-Length", std::to_string(reply_->body.size()));
    }
    write_field(out, "Date", date_.now());
    for (const auto& [name, value] : reply_->headers) {
      // Nobody's line break becomes another field. Two searches: find_first_of makes a call for each byte.
      if (value.find('\r') == value.npos && value.find('\n') == value.npos) write_field(out, name, value);
    }
  }

  static void write_field(std::string& out, std::string_view name, std::string_view value) {
    const auto begin = out.size();
    out.resize(begin + name.size() + value.size() + 4);
    auto to = std::copy(name.begin(), name.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
    *to++ = ':';
    *to++ = ' ';
    to = std::copy(value.begin(), value.end(), to);
    *to++ = '\r';
    *to = '\n';
  }

  std::map<Beginning, std::string> beginnings_;
  Beginning wanted_{};
  http::Reply* reply_ = nullptr;
  DateText date_;
};

Codec::Codec() : library_(std::make_unique<Library>()) {}
Codec::~Codec() = default;

std::size_t Codec::write(std::string& out, const Exchange& exchange, http::Reply& reply) {
  return library_->write(out, exchange, reply);
}

}  // namespace server
