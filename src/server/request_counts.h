// How many requests each route has answered, with which status and how fast. Counting is a few relaxed additions in the
// thread's own part; labels come from the route table alone, so that no client can add one.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "http/route.h"
#include "http/router.h"
#include "server/exposition.h"

namespace server {

class RequestCounts {
 public:
  // `routes` must outlive this and stay as they are; exchanges point into them.
  explicit RequestCounts(const http::Routes& routes);
  ~RequestCounts();

  // From any thread.
  void add(const http::Exchange& exchange);
  // clankdin_http_requests_total and clankdin_http_request_duration_seconds, of routes that were asked for.
  void write(Exposition& out) const;

 private:
  struct Line;
  struct Shard;
  // The line that counts for all routes of one method and pattern (its representations); the last is for no route.
  [[nodiscard]] std::size_t line_of(const http::Route* route) const;

  std::unordered_map<const http::Route*, std::size_t> line_of_route_;
  std::vector<const http::Route*> routes_;  // of each line but the last
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace server
