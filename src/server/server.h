// A running server: an App with a Listener in front of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "server/app.h"
#include "server/config.h"
#include "server/control.h"

namespace server {

class Server {
 public:
  // Takes the port, then opens the database: a port in use leaves the file untouched. Throws what Listener and App do.
  explicit Server(const Config& config);
  // Stops at once if stop() was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // From here on connections are accepted.
  void start();
  // Accepts nothing more, answers what is in flight (grace_ms at most) and writes everything.
  void stop(std::int64_t grace_ms);

  [[nodiscard]] App& app();
  [[nodiscard]] int port() const;
  // What it listens on, "http://0.0.0.0:8080", and where a client of this machine finds it, "http://127.0.0.1:8080".
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::string url() const;

 private:
  [[nodiscard]] std::string url_of(const std::string& host) const;

  Config config_;
  std::unique_ptr<App> app_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Control> control_;  // none in memory
};

}  // namespace server
