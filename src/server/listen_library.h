// The two things cpp-httplib does here: it accepts connections, and it parses, dispatches and writes each request. This
// pair of files alone sees httplib.h, and knows what differs between its versions (0.11 to 0.53).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "http/reply.h"

namespace server {

// Accepts connections on a thread of its own.
class Acceptor {
 public:
  // Takes over `listening`, a bound and listening socket. `adopt` gets each accepted socket, on the acceptor's thread,
  // and owns it.
  Acceptor(int listening, std::function<void(int socket)> adopt);
  ~Acceptor();

  void start();
  // Refuses new connections from now on; `adopt` is not called any more when it returns.
  void stop();

 private:
  class Library;
  std::unique_ptr<Library> library_;
  std::thread thread_;
};

// What an answer's form depends on besides the reply.
struct Exchange {
  std::string line;  // method and path, as the library is shown them: "GET /feed"
  bool keep_alive = true;
  bool old_version = false;  // HTTP/1.0
};

// Turns replies into bytes. Belongs to one thread.
class Codec {
 public:
  Codec();
  ~Codec();

  // Appends the answer to `out` and returns the size of its head. A reply that streams gets a head without a length,
  // and the end of the connection is its end.
  std::size_t write(std::string& out, const Exchange& exchange, http::Reply& reply);

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

// `method` and `path` in the form that Exchange wants. The answer is decided by then, so what the library would refuse
// or spend time on (other methods, queries, long paths) is not shown to it.
void describe(Exchange& exchange, std::string_view method, std::string_view path);

}  // namespace server
