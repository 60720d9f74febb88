#include "testing/waits.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace testing {

namespace {

constexpr std::int64_t kMaxCount = 1000;
constexpr double kMaxSeconds = 600;

}  // namespace

Patience Patience::read(http::Query& query, const http::Request& request) {
  Patience patience;
  patience.count = static_cast<std::size_t>(query.integer("count", 1, kMaxCount).value_or(1));
  if (const auto text = request.argument("timeout"); text && !text->empty()) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    const bool number = error == std::errc() && end == text->data() + text->size() && std::isfinite(seconds);
    if (number && seconds >= 0 && seconds <= kMaxSeconds) {
      patience.timeout = std::chrono::milliseconds(std::llround(seconds * 1000));
    } else {
      query.fault("timeout", "timeout must be a number of seconds from 0 to 600.");
    }
  }
  return patience;
}

Waits::Waits(Timer& timer, std::optional<std::chrono::milliseconds> every) : timer_(timer), every_(every) {}

void Waits::add(Wait wait, std::chrono::milliseconds timeout) {
  auto waiting = std::make_shared<Wait>(std::move(wait));
  {
    const std::lock_guard lock(mutex_);
    if (closed_) timeout = std::chrono::milliseconds(0);
    waiting_.push_back(waiting);
    size_ = waiting_.size();
  }
  look_again();
  timer_.after(timeout, [this, waiting] { give_up(waiting); });
}

void Waits::look_again() {
  if (size_ == 0 || look_is_due_.exchange(true)) return;
  timer_.after(std::chrono::milliseconds(0), [this] { look_at_all(); });
}

void Waits::look_at_all() {
  look_is_due_ = false;
  std::vector<Waiting> all;
  {
    const std::lock_guard lock(mutex_);
    all = waiting_;
  }
  for (const Waiting& wait : all) {
    if (auto reply = wait->look(); reply && take(wait)) wait->respond(std::move(*reply));
  }
  if (every_ && size_ > 0 && !look_is_due_.exchange(true)) timer_.after(*every_, [this] { look_at_all(); });
}

void Waits::give_up(const Waiting& wait) {
  if (take(wait)) wait->respond(wait->give_up());
}

// Whether it was still waiting; whoever takes it answers it.
bool Waits::take(const Waiting& wait) {
  const std::lock_guard lock(mutex_);
  const bool taken = std::erase(waiting_, wait) > 0;
  size_ = waiting_.size();
  return taken;
}

void Waits::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  timer_.after(std::chrono::milliseconds(0), [this] {
    std::vector<Waiting> all;
    {
      const std::lock_guard lock(mutex_);
      all = waiting_;
    }
    for (const Waiting& wait : all) give_up(wait);
  });
}

}  // namespace testing
