#include "server/echo.h"

#include <algorithm>
#include <stdexcept>

#include "support/catch.h"

namespace support {

using namespace std::chrono_literals;

server::ListenOptions any_port() { return {.host = "127.0.0.1", .port = 0, .workers = 2}; }

void Echo::wait_held(std::size_t count) {
  std::unique_lock lock(mutex_);
  REQUIRE(changed_.wait_for(lock, 5s, [&] { return held_.size() >= count; }));
}

void Echo::release() {
  std::vector<std::pair<std::string, http::Respond>> held;
  {
    const std::lock_guard lock(mutex_);
    held.swap(held_);
  }
  for (auto i = held.rbegin(); i != held.rend(); ++i) i->second(http::ok(i->first));
}

void Echo::wait_blocked(std::size_t count) {
  std::unique_lock lock(mutex_);
  REQUIRE(changed_.wait_for(lock, 5s, [&] { return blocked_ >= count; }));
}

void Echo::unblock() {
  const std::lock_guard lock(mutex_);
  unblocked_ = true;
  changed_.notify_all();
}

std::vector<std::shared_ptr<http::Outlet>> Echo::wait_outlets(std::size_t count) {
  std::unique_lock lock(mutex_);
  REQUIRE(changed_.wait_for(lock, 5s, [&] { return outlets_.size() >= count; }));
  return outlets_;
}

void Echo::forget_outlets() {
  const std::lock_guard lock(mutex_);
  outlets_.clear();
}

void Echo::dispatch(http::Request request, http::Respond respond) {
  ++dispatched_;
  const std::string path(request.path);
  if (path.starts_with("/held")) {
    const std::lock_guard lock(mutex_);
    held_.emplace_back(path, std::move(respond));
    changed_.notify_all();
  } else if (path.starts_with("/blocked")) {
    {
      std::unique_lock lock(mutex_);
      ++blocked_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return unblocked_; });
    }
    respond(http::ok(path));
  } else if (path == "/later") {
    const std::lock_guard lock(mutex_);
    threads_.emplace_back(
        [respond = std::move(respond), target = std::string(request.target)] { respond(http::ok(target)); });
  } else if (path == "/stream") {
    http::Reply reply{.content_type = http::kText, .body = "first\n"};
    reply.stream = [this](std::shared_ptr<http::Outlet> outlet) {
      const std::lock_guard lock(mutex_);
      outlets_.push_back(std::move(outlet));
      changed_.notify_all();
    };
    respond(std::move(reply));
  } else if (path == "/throw") {
    throw std::runtime_error("a fault");
  } else if (path == "/lose") {
    return;
  } else if (path == "/none") {
    respond(http::no_content());
  } else if (path == "/unchanged") {
    respond(http::Reply{.status = 304, .content_type = {}}.header("ETag", "\"1\""));
  } else if (path == "/truncated") {
    respond(http::Reply{.body = std::string(1000, 'x'), .delivery = http::Delivery::truncated});
  } else if (path == "/dropped") {
    respond(http::Reply{.body = "x", .delivery = http::Delivery::dropped});
  } else if (path == "/large") {
    respond(http::ok(std::string(8 * 1024 * 1024, 'x')));
  } else if (path == "/headers") {
    respond(http::Reply{.body = "{}"}.header("X-One", "a").header("X-Bad", "a\r\nX-Injected: b"));
  } else {
    std::string text = std::string(request.method_name) + " " + std::string(request.target) + " " +
                       request.client_address + (request.secure ? " secure " : " plain ") + request.body;
    respond(http::ok(std::move(text)));
  }
}

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

int status_of(const std::string& answer) { return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0; }

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace support
