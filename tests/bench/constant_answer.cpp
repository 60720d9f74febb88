// Answers every request with the same small JSON document: what sockets, framing and the library cost by themselves.
//
//   constant_answer [--port N] [--workers N] [--size BYTES] [--later]
//
// --later answers from another thread, as writes are. Ends on SIGINT and SIGTERM.
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"
#include "server/listen.h"

namespace {

// Answers on one thread of its own, many at once, like the writer after a commit.
class Answerer {
 public:
  explicit Answerer(std::string body) : body_(std::move(body)), thread_([this] { run(); }) {}
  ~Answerer() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  void add(http::Respond respond) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(respond));
    if (waiting_.size() == 1) wake_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
      wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      auto batch = std::exchange(waiting_, {});
      lock.unlock();
      for (const auto& respond : batch) respond(http::ok(body_));
      lock.lock();
    }
  }

  const std::string body_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<http::Respond> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace

int main(int argc, char** argv) {
  server::ListenOptions options{.port = 8080};
  std::size_t size = 100;
  bool later = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--later") {
      later = true;
      continue;
    }
    if (i + 1 == argc) return 2;
    const int value = std::atoi(argv[++i]);
    if (name == "--port") options.port = value;
    if (name == "--workers") options.workers = value;
    if (name == "--size") size = static_cast<std::size_t>(value);
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const std::string body = "{\"text\": \"" + std::string(size - std::min<std::size_t>(size, 12), 'x') + "\"}";
  try {
    Answerer answerer(body);
    server::Listener listener(options, [&](http::Request, http::Respond respond) {
      if (later) {
        answerer.add(std::move(respond));
      } else {
        respond(http::ok(body));
      }
    });
    listener.start();
    std::printf("listening on %d\n", listener.port());
    std::fflush(stdout);
    int received = 0;
    sigwait(&signals, &received);
    listener.stop(1'000);
  } catch (const core::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
