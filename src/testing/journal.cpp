#include "testing/journal.h"

#include <algorithm>

#include "core/log.h"
#include "core/text.h"
#include "testing/pattern.h"

namespace testing {

namespace {

Excerpt excerpt_of(std::string_view body) {
  const auto head = body.substr(0, Journal::kExcerpt);
  return {core::scrub_keys(head), body.size(), head.size() < body.size()};
}

std::string masked(std::string_view name, std::string_view value) {
  if (name == "authorization" || name == "proxy-authorization") {
    const auto space = value.find(' ');
    return space == std::string_view::npos ? "***" : std::string(value.substr(0, space)).append(" ***");
  }
  if (name == "cookie") return "***";
  return core::scrub_keys(value);
}

}  // namespace

bool is_control(std::string_view path) { return path == "/_test" || path.starts_with("/_test/"); }

bool Filter::matches(const Entry& entry) const {
  if (!method.empty() && method != entry.method) return false;
  if (!agent.empty() && agent != entry.agent) return false;
  if (status && (!entry.answered() || entry.status < status->first || entry.status > status->second)) return false;
  if (since && entry.time < *since) return false;
  return path.empty() || testing::matches(path, entry.path);
}

void Journal::listen(std::function<void()> told) { listeners_.push_back(std::move(told)); }

void Journal::record(const http::Exchange& exchange) {
  const http::Request& request = exchange.request;
  if (is_control(request.path)) return;
  auto entry = std::make_shared<Entry>();
  entry->id = core::scrub_keys(request.id);
  entry->time = exchange.started;
  entry->method = request.method_name;
  entry->path = core::scrub_keys(request.path);
  entry->query = core::scrub_keys(request.query);
  entry->headers.reserve(request.headers.size());
  for (const http::Header& header : request.headers) {
    std::string name = core::to_lower_ascii(header.name);
    std::string value = masked(name, header.value);
    entry->headers.emplace_back(std::move(name), std::move(value));
  }
  entry->body = excerpt_of(request.body);
  entry->agent = exchange.caller.handle;
  entry->status = exchange.reply.status;
  entry->delivery = exchange.reply.delivery;
  entry->answer = excerpt_of(exchange.reply.body);
  entry->duration_us = exchange.duration_us;
  std::shared_ptr<const Entry> oldest;  // let go of when the mutex is free
  {
    const std::lock_guard lock(mutex_);
    entry->number = ++last_number_;
    entries_.push_back(std::move(entry));
    if (entries_.size() > kKept) {
      oldest = std::move(entries_.front());
      entries_.pop_front();
    }
  }
  tell();
}

Journal::Entries Journal::find(const Filter& filter, std::size_t limit, std::uint64_t before) const {
  Entries found;
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && found.size() < limit; ++entry) {
    if ((*entry)->number < before && filter.matches(**entry)) found.push_back(*entry);
  }
  return found;
}

void Journal::count(Tally& tally) const {
  const std::lock_guard lock(mutex_);
  if (tally.clears != clears_) {
    tally.count = 0;
    tally.clears = clears_;
  }
  const auto fresh = static_cast<std::size_t>(last_number_ - tally.seen);
  for (std::size_t i = entries_.size() - std::min(fresh, entries_.size()); i < entries_.size(); ++i) {
    if (tally.filter.matches(*entries_[i])) ++tally.count;
  }
  tally.seen = last_number_;
}

void Journal::clear() {
  std::deque<std::shared_ptr<const Entry>> gone;
  {
    const std::lock_guard lock(mutex_);
    gone.swap(entries_);
    ++clears_;
  }
  tell();
}

void Journal::tell() const {
  for (const auto& told : listeners_) told();
}

}  // namespace testing
