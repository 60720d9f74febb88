// The two things cpp-httplib does here: it accepts connections, and it begins each answer. This pair of files alone
// sees httplib.h, and knows what differs between its versions (0.11 to 0.53).
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
  bool head = false;  // HEAD: nothing but the head
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

}  // namespace server
