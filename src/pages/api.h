// The API as pages ask it: its handlers, called in the page's own transaction.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "html/template.h"
#include "http/route.h"

namespace pages {

using html::View;

// GET handlers by pattern.
using Handlers = std::map<std::string, std::function<http::Reply(http::Call&)>, std::less<>>;

// One page's way to the API.
class Api {
 public:
  // All must outlive it. `arena`: where its views live.
  Api(const Handlers& handlers, http::Call& call, html::Arena& arena)
      : handlers_(handlers), call_(call), arena_(arena) {}

  // What GET `pattern` answers to the very request for the page: with its path, filters and cursor. Throws what the
  // handler throws.
  [[nodiscard]] View own(std::string_view pattern) const;
  // The same with the query parameter `name` set to `value` (neither needs escapes), unless the request has one of that
  // name.
  [[nodiscard]] View own(std::string_view pattern, std::string_view name, std::string_view value) const;
  // What it answers to one of ours. `target` is what the pattern would have matched, with its query.
  [[nodiscard]] View get(std::string_view pattern, std::string_view target,
                         std::vector<std::string> parameters = {}) const;

  // What a page shows, begun.
  [[nodiscard]] View view(std::string_view title, std::string_view description) const;

  // A query parameter, "" without it.
  [[nodiscard]] std::string argument(std::string_view name) const;
  [[nodiscard]] const std::string& parameter(std::size_t index) const { return call_.parameter(index); }
  [[nodiscard]] std::string base_url() const { return call_.base_url(); }

  // The page's own path with its query, but `name` set to `value` (empty: without it), and from the list's beginning.
  [[nodiscard]] std::string link(std::string_view name, std::string_view value) const;
  // Adds `older` and `newest` to a page of a list, where there are such pages.
  void add_paging(View& view, const View& answer) const;

 private:
  const Handlers& handlers_;
  http::Call& call_;
  html::Arena& arena_;
};

}  // namespace pages
