#include "journal/journal.h"

#include <algorithm>

#include "core/log.h"
#include "core/stopwatch.h"
#include "core/text.h"
#include "journal/pattern.h"

namespace journal {

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

bool is_own(const http::Request& request) {
  const auto is_under = [&](std::string_view root) {
    return request.path.starts_with(root) && (request.path.size() == root.size() || request.path[root.size()] == '/');
  };
  if (is_under("/_test") || is_under("/console")) return true;
  const bool is_file = request.path == "/style.css" || request.path == "/script.js" || request.path == "/favicon.svg";
  const auto from = is_file ? request.header("referer").value_or("") : std::string_view();
  return from.ends_with("/console") || from.ends_with("/console/");
}

std::size_t Entry::bytes() const {
  constexpr std::size_t kEach = 64;  // what the allocator and the containers take besides
  std::size_t sum = sizeof(Entry) + kEach + path.size() + query.size() + body.text.size() + answer.text.size();
  for (const auto& [name, value] : headers) sum += kEach + name.size() + value.size();
  return sum;
}

bool Filter::matches(const Entry& entry) const {
  if (!method.empty() && method != entry.method) return false;
  if (!agent.empty() && agent != entry.agent) return false;
  if (status && (!entry.answered() || entry.status < status->first || entry.status > status->second)) return false;
  if (since && entry.time < *since) return false;
  return path.empty() || journal::matches(path, entry.path);
}

void Journal::listen(Told told) { listeners_.push_back(std::move(told)); }

void Journal::look() { until_us_ = core::stopwatch_us() + kLinger * 1000; }

bool Journal::records() {
  if (always_.load(std::memory_order_relaxed)) return true;
  const std::int64_t until = until_us_.load(std::memory_order_relaxed);
  if (until == 0) return false;
  if (core::stopwatch_us() < until) return true;
  if (watched_ && watched_()) {
    look();
    return true;
  }
  until_us_ = 0;
  clear();
  return false;
}

void Journal::record(const http::Exchange& exchange) {
  const http::Request& request = exchange.request;
  if (!records() || is_own(request)) return;
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
  entry->client = request.client_address;
  entry->status = exchange.reply.status;
  entry->delivery = exchange.reply.delivery;
  entry->answer = excerpt_of(exchange.reply.body);
  entry->duration_us = exchange.duration_us;
  const std::shared_ptr<const Entry> kept = entry;
  std::vector<std::shared_ptr<const Entry>> old;  // let go of when the mutex is free
  {
    const std::lock_guard lock(mutex_);
    entry->number = ++last_number_;
    bytes_ += entry->bytes();
    entries_.push_back(std::move(entry));
    while (entries_.size() > kKept || (bytes_ > kKeptBytes && entries_.size() > 1)) {
      bytes_ -= entries_.front()->bytes();
      old.push_back(std::move(entries_.front()));
      entries_.pop_front();
    }
  }
  tell(kept.get());
}

Journal::Entries Journal::find(const Filter& filter, std::size_t limit, std::uint64_t before) const {
  Entries found;
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && found.size() < limit; ++entry) {
    if ((*entry)->number < before && filter.matches(**entry)) found.push_back(*entry);
  }
  return found;
}

std::shared_ptr<const Entry> Journal::at(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  if (entries_.empty() || number < entries_.front()->number || number > entries_.back()->number) return nullptr;
  return entries_[static_cast<std::size_t>(number - entries_.front()->number)];
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
    bytes_ = 0;
    ++clears_;
  }
  tell(nullptr);
}

std::size_t Journal::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void Journal::tell(const Entry* entry) const {
  for (const auto& told : listeners_) told(entry);
}

}  // namespace journal
