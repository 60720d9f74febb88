#include "server/server.h"

#include "server/listen.h"

namespace server {

Server::Server(const Config& config) : config_(config) {
  config_.listen.make_request_id = [this] { return app_->router().make_request_id(); };
  listener_ = std::make_unique<Listener>(config_.listen, [this](http::Request&& request, http::Respond&& respond) {
    app_->dispatch(std::move(request), std::move(respond));
  });
  app_ = std::make_unique<App>(config_);
  app_->set_listen_figures([this] { return listener_->figures(); });
  app_->router().set_finisher([this](std::function<void()>& task) { return listener_->run_soon(task); });
}

Server::~Server() { stop(0); }

void Server::start() {
  app_->mark_start();
  listener_->start();
  if (!config_.memory) {
    control_ = std::make_unique<Control>(
        config_.db, [this](const Operation& operation, const Print& print, const std::stop_token& stop) {
          operate(app_->store(), app_->random(), operation, print, stop);
        });
  }
}

void Server::stop(std::int64_t grace_ms) {
  if (!listener_) return;
  if (app_) app_->interrupt();
  control_.reset();
  listener_->stop(grace_ms);
  // The store's last answers go to the listener, which therefore leaves last.
  app_.reset();
  listener_.reset();
}

App& Server::app() { return *app_; }

int Server::port() const { return listener_->port(); }

std::string Server::address() const { return url_of(config_.listen.host); }

std::string Server::url() const {
  const std::string& host = config_.listen.host;
  if (host == "0.0.0.0") return url_of("127.0.0.1");
  if (host == "::") return url_of("::1");
  return url_of(host);
}

std::string Server::url_of(const std::string& host) const {
  const bool bracketed = host.find(':') != std::string::npos;
  return (config_.listen.tls_cert.empty() ? "http://" : "https://") + (bracketed ? "[" + host + "]" : host) + ":" +
         std::to_string(port());
}

}  // namespace server
