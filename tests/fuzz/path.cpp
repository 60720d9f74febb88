// Targets: paths are split and matched, query strings read, Accept headers weighed.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "agents/agents.h"
#include "core/error.h"
#include "core/text.h"
#include "feed/posts.h"
#include "http/etag.h"
#include "http/negotiation.h"
#include "http/query.h"
#include "http/route_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const http::RouteTable table = [] {
    auto routes = agents::routes();
    for (auto& route : feed::routes()) routes.push_back(route);
    return http::RouteTable(std::move(routes));
  }();
  const std::string_view target(reinterpret_cast<const char*>(data), size);
  const auto mark = target.find('?');
  if (const auto segments = http::split_path(target.substr(0, mark))) {
    for (const auto& segment : *segments) {
      if (!core::is_utf8(segment)) std::abort();
    }
    for (const auto method : {http::Method::get, http::Method::post, http::Method::del, http::Method::other}) {
      for (const auto form : {http::Form::json, http::Form::markdown}) (void)table.resolve(method, *segments, form);
    }
    (void)table.methods(*segments);
  }
  try {
    for (const auto& [name, value] :
         http::parse_arguments(mark == std::string_view::npos ? target : target.substr(mark + 1))) {
      if (!core::is_utf8(name) || !core::is_utf8(value)) std::abort();
    }
  } catch (const core::Error&) {
  }
  (void)http::preferred_form(target);
  (void)http::is_acceptable_content_type(target);
  (void)http::matches_etag(target, "\"x-1\"");
  return 0;
}
