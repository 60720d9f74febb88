#include "server/request_counts.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>

namespace server {
namespace {

constexpr std::size_t kShards = 8;

// Statuses that this server gives; anything else counts as 0, shown as "other".
constexpr std::array kStatuses = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 406,
                                  408, 409, 413, 414, 415, 422, 429, 431, 500, 503, 0};

constexpr std::array kBoundsS = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                 0.01,    0.025,  0.05,    0.1,    0.5,   2.5,    10.0};
constexpr std::size_t kBuckets = kBoundsS.size() + 1;

std::size_t status_index(int status) {
  const auto found = std::find(kStatuses.begin(), kStatuses.end() - 1, status);
  return static_cast<std::size_t>(found - kStatuses.begin());
}

std::size_t bucket_index(std::int64_t duration_us) {
  const double seconds = static_cast<double>(duration_us) * 1e-6;
  return static_cast<std::size_t>(std::lower_bound(kBoundsS.begin(), kBoundsS.end(), seconds) - kBoundsS.begin());
}

// Threads take shards in turn, so that those of one server rarely share one.
std::size_t own_shard() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t own = next.fetch_add(1, std::memory_order_relaxed) % kShards;
  return own;
}

using Counter = std::atomic<std::uint64_t>;

void add_to(Counter& counter, std::uint64_t count) { counter.fetch_add(count, std::memory_order_relaxed); }

}  // namespace

struct RequestCounts::Line {
  std::array<Counter, kStatuses.size()> statuses{};
  std::array<Counter, kBuckets> buckets{};
  Counter sum_us{0};
};

struct alignas(64) RequestCounts::Shard {
  std::unique_ptr<Line[]> lines;             // made at the first count, by one of the shard's threads
  std::atomic<const Line*> readable{nullptr};  // the same, once they are there
  std::once_flag made;
};

RequestCounts::RequestCounts(const http::Routes& routes) : shards_(std::make_unique<Shard[]>(kShards)) {
  std::map<std::pair<http::Method, std::string_view>, std::size_t> known;
  for (const http::Route& route : routes) {
    const auto [place, added] = known.try_emplace({route.method, route.pattern}, routes_.size());
    if (added) routes_.push_back(&route);
    line_of_route_[&route] = place->second;
  }
}

RequestCounts::~RequestCounts() = default;

std::size_t RequestCounts::line_of(const http::Route* route) const {
  const auto found = line_of_route_.find(route);
  return found == line_of_route_.end() ? routes_.size() : found->second;
}

void RequestCounts::add(const http::Exchange& exchange) {
  Shard& shard = shards_[own_shard()];
  std::call_once(shard.made, [&] {
    shard.lines = std::make_unique<Line[]>(routes_.size() + 1);
    shard.readable.store(shard.lines.get(), std::memory_order_release);
  });
  Line& line = shard.lines[line_of(exchange.route)];
  const std::int64_t duration_us = std::max<std::int64_t>(exchange.duration_us, 0);
  add_to(line.statuses[status_index(exchange.reply.status)], 1);
  add_to(line.buckets[bucket_index(duration_us)], 1);
  add_to(line.sum_us, static_cast<std::uint64_t>(duration_us));
}

void RequestCounts::write(Exposition& out) const {
  const std::size_t lines = routes_.size() + 1;
  const auto labels_of = [this](std::size_t line) {
    if (line == routes_.size()) return Exposition::Labels{{"method", "any"}, {"route", "none"}};
    return Exposition::Labels{{"method", http::name_of(routes_[line]->method)}, {"route", routes_[line]->pattern}};
  };
  const auto sum = [this](std::size_t line, auto counter_of) {
    std::uint64_t total = 0;
    for (std::size_t shard = 0; shard < kShards; ++shard) {
      const Line* counted = shards_[shard].readable.load(std::memory_order_acquire);
      if (counted != nullptr) total += counter_of(counted[line]).load(std::memory_order_relaxed);
    }
    return total;
  };

  out.metric("clankdin_http_requests_total", Exposition::Type::counter, "Requests answered, by route and status.");
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::size_t index = 0; index < kStatuses.size(); ++index) {
      const std::uint64_t count = sum(line, [index](const Line& l) -> const Counter& { return l.statuses[index]; });
      if (count == 0) continue;
      const std::string status = kStatuses[index] == 0 ? "other" : std::to_string(kStatuses[index]);
      Exposition::Labels labels = labels_of(line);
      labels.emplace_back("status", status);
      out.sample(static_cast<double>(count), labels);
    }
  }

  out.metric("clankdin_http_request_duration_seconds", Exposition::Type::histogram,
             "From a whole request to its answer, by route; a write's includes its commit.");
  for (std::size_t line = 0; line < lines; ++line) {
    std::array<std::uint64_t, kBuckets> counts{};
    for (std::size_t index = 0; index < kBuckets; ++index) {
      counts[index] = sum(line, [index](const Line& l) -> const Counter& { return l.buckets[index]; });
    }
    if (std::all_of(counts.begin(), counts.end(), [](std::uint64_t count) { return count == 0; })) continue;
    const std::uint64_t sum_us = sum(line, [](const Line& l) -> const Counter& { return l.sum_us; });
    out.histogram(kBoundsS, counts, static_cast<double>(sum_us) * 1e-6, labels_of(line));
  }
}

}  // namespace server
