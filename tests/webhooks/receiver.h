// A receiver of webhooks on 127.0.0.1 that behaves as a test wants it to.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace support {

// One request as it came.
struct Delivered {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::chrono::steady_clock::time_point at;
};

class Receiver {
 public:
  // Answers one request on its connection: writes what it likes, or nothing. Runs on the connection's own thread.
  class Connection {
   public:
    Connection(Receiver& receiver, int socket) : receiver_(receiver), socket_(socket) {}
    ~Connection() { begin_answer(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    // False once the other end is gone.
    bool send(std::string_view bytes) const;
    // Sleeps so long, or until the other end or the receiver goes. False then.
    [[nodiscard]] bool wait(std::chrono::milliseconds time) const;

   private:
    // From here on the other end may have its answer, and ask anew.
    void begin_answer() const;

    Receiver& receiver_;
    const int socket_;
    mutable bool answered_ = false;
  };
  using Behaviour = std::function<void(const Connection& connection, const Delivered& request)>;

  Receiver() : Receiver(answer(200)) {}
  explicit Receiver(Behaviour behaviour);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // A status with more header lines ("A: b\r\n") and a body.
  static Behaviour answer(int status, const std::string& headers = {}, const std::string& body = "ok");
  // Accepts, and never answers.
  static Behaviour hang();

  void behave(Behaviour behaviour);
  [[nodiscard]] std::string url(const std::string& path = "/hook") const;
  [[nodiscard]] int port() const { return port_; }

  // What has come so far; waits for `count` of them at most so long.
  std::vector<Delivered> wait(std::size_t count, std::chrono::milliseconds patience = std::chrono::seconds(10)) const;
  [[nodiscard]] std::size_t count() const;
  // The most requests that waited for the beginning of their answer at once.
  [[nodiscard]] int most_at_once() const { return most_at_once_; }
  void forget();

 private:
  void accept();
  void serve(int socket);

  int listening_ = -1;
  int stop_ = -1;  // readable at the end
  int port_ = 0;
  std::atomic<int> at_once_ = 0;
  std::atomic<int> most_at_once_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Behaviour behaviour_;  // guarded by mutex_, like all below
  std::vector<Delivered> delivered_;
  int threads_ = 0;
  std::thread thread_;
};

}  // namespace support
