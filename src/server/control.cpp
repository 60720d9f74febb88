#include "server/control.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include "core/error.h"
#include "core/json_writer.h"
#include "core/log.h"
#include "http/body.h"
#include "server/control_socket.h"

namespace server {
namespace {

constexpr int kPatienceMs = 5'000;  // for a client that connects and says nothing
constexpr std::size_t kMaxRequest = 64 * 1024;
constexpr std::size_t kMaxArguments = 256;

std::string message(std::string_view name, std::string_view text) {
  core::JsonWriter json;
  json.begin_object().field(name, text).end_object();
  return json.take() + '\n';
}

// Whole lines out of a socket.
class Lines {
 public:
  explicit Lines(int socket) : socket_(socket) {}

  // std::nullopt at the connection's end.
  std::optional<std::string> next() {
    for (;;) {
      if (const std::size_t end = kept_.find('\n'); end != std::string::npos) {
        std::string line = kept_.substr(0, end);
        kept_.erase(0, end + 1);
        return line;
      }
      if (!receive()) return std::nullopt;
    }
  }

  // Adds what has come; false at the end.
  bool receive() {
    char block[4096];
    ssize_t count = 0;
    do {
      count = recv(socket_, block, sizeof block, 0);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return false;
    kept_.append(block, static_cast<std::size_t>(count));
    return true;
  }
  [[nodiscard]] const std::string& kept() const { return kept_; }

 private:
  int socket_;
  std::string kept_;
};

Operation parse_operation(const std::string& line) {
  http::Body body(http::parse_json(line));
  Operation operation;
  operation.name = body.text("operation", {.min = 1, .max = 20, .multiline = false});
  operation.arguments = body.maybe_texts("arguments", {.max = kMaxArguments, .item = {.max = 8192}}).value_or(
      std::vector<std::string>{});
  body.check();
  return operation;
}

}  // namespace

class Control::Listener {
 public:
  // Throws core::Error with the reason.
  Listener(std::string path, Handler handler)
      : path_(std::move(path)),
        handler_(std::move(handler)),
        socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
        wake_(eventfd(0, EFD_CLOEXEC)) {
    if (!socket_ || !wake_) fail();
    const SocketAddress address(path_);
    remove_old();
    // The file takes the descriptor's mode: at no moment can others connect.
    if (fchmod(socket_.number(), 0600) != 0 || bind(socket_.number(), address.get(), address.size()) != 0) fail();
    if (listen(socket_.number(), 8) != 0) fail();
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  ~Listener() {
    thread_.request_stop();
    const std::uint64_t one = 1;
    if (write(wake_.number(), &one, sizeof one) < 0) {
      core::log(core::LogLevel::error, "The control socket's thread cannot be woken.");
    }
    thread_.join();
    unlink(path_.c_str());
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  [[noreturn]] static void fail() { throw core::unavailable(std::strerror(errno)); }

  void remove_old() const {
    struct stat status {};
    if (lstat(path_.c_str(), &status) != 0) return;
    if (!S_ISSOCK(status.st_mode)) throw core::unavailable("there is another file of that name");
    unlink(path_.c_str());
  }

  // Whether `descriptor` can be read before the stop, or within `timeout_ms` (-1: ever).
  [[nodiscard]] bool wait_for(int descriptor, int timeout_ms) const {
    pollfd polled[] = {{descriptor, POLLIN, 0}, {wake_.number(), POLLIN, 0}};
    int count = 0;
    do {
      count = poll(polled, 2, timeout_ms);
    } while (count < 0 && errno == EINTR);
    return count > 0 && polled[1].revents == 0;
  }

  void run(const std::stop_token& stop) const {
    while (wait_for(socket_.number(), -1)) {
      const Descriptor client(accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC));
      if (client) serve(client.number(), stop);
    }
  }

  void serve(int client, const std::stop_token& stop) const {
    // A client that does not read its output must not hold the next one up for ever.
    const timeval patience{kPatienceMs / 1000, 0};
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    Lines lines(client);
    while (lines.kept().find('\n') == std::string::npos) {
      if (lines.kept().size() > kMaxRequest || !wait_for(client, kPatienceMs) || !lines.receive()) return;
    }
    std::string last = "{\"done\":true}\n";
    try {
      const Operation operation = parse_operation(lines.next().value_or(""));
      handler_(
          operation,
          [&](std::string_view line) {
            if (!send_all(client, message("line", line))) throw core::unavailable("The operator has gone.");
          },
          stop);
    } catch (const core::Error& error) {
      last = message("error", error.detail());
    } catch (const std::exception& error) {
      last = message("error", error.what());
    }
    send_all(client, last);
  }

  std::string path_;
  Handler handler_;
  Descriptor socket_;
  Descriptor wake_;
  std::jthread thread_;
};

Control::Control(const std::string& database, Handler handler) {
  const std::string path = control_path(database);
  try {
    listener_ = std::make_unique<Listener>(path, std::move(handler));
  } catch (const core::Error& error) {
    core::log(core::LogLevel::warn,
              "There is no control socket: backup, export, check, agents and key have to wait until this server stops.",
              {{"path", path}, {"reason", error.detail()}});
  }
}

Control::~Control() = default;

bool ask(const std::string& database, const Operation& operation, const Print& print) {
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string path = control_path(database);
  struct stat status {};
  if (!socket || lstat(path.c_str(), &status) != 0) return false;
  const SocketAddress address(path);
  if (connect(socket.number(), address.get(), address.size()) != 0) {
    if (errno == ECONNREFUSED || errno == ENOENT) return false;  // left by a server that was killed
    throw core::unavailable("the control socket " + path + " cannot be used: " + std::strerror(errno) +
                            ". Run this as the server's user, or as root.");
  }
  core::JsonWriter json;
  json.begin_object().field("operation", operation.name);
  json.raw_field("arguments", core::json_array(operation.arguments)).end_object();
  const std::string gone = "The server stopped before it was done.";
  if (!send_all(socket.number(), json.take() + '\n')) throw core::unavailable(gone);
  Lines lines(socket.number());
  while (const auto line = lines.next()) {
    http::Body answer(http::parse_json(*line));
    constexpr http::TextRule kAnything{.min = 0, .max = kMaxRequest};
    if (answer.has("done")) return true;
    if (answer.has("error")) throw core::unavailable(answer.text("error", kAnything));
    print(answer.text("line", kAnything));
  }
  throw core::unavailable(gone);
}

}  // namespace server
