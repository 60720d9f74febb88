// The control socket: how an operator's command reaches the server that has the database.
//
// A Unix socket beside the file, FILE-control, mode 0600: who may open the file may talk to it, and nobody else. A
// client sends one line of JSON, {"operation": "key", "arguments": ["ada"]}, and gets lines back: {"line": "…"} for
// each line of output, then {"done": true} or {"error": "…"}.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "server/operations.h"

namespace server {

class Control {
 public:
  using Handler = std::function<void(const Operation& operation, const Print& print, const std::stop_token& stop)>;

  // Listens for `database`, which this process must have locked: whatever socket was left there is replaced. `handler`
  // runs on a thread of this object, one operation after another. Where a socket cannot be made, the log says so, and
  // operators have to stop the server first.
  Control(const std::string& database, Handler handler);
  // Asks a running operation to stop, and removes the socket.
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

// Has the server of `database` do it; false if no server listens there. Throws core::Error with the server's sentence.
[[nodiscard]] bool ask(const std::string& database, const Operation& operation, const Print& print);

}  // namespace server
