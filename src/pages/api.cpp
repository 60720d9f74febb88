#include "pages/api.h"

#include "core/text.h"
#include "http/query.h"

namespace pages {

namespace {

constexpr std::string_view kPlaces[] = {"cursor", "offset"};

bool is_place(std::string_view name) { return name == kPlaces[0] || name == kPlaces[1]; }

}  // namespace

View Api::own(std::string_view pattern) const { return arena_.read(handlers_.find(pattern)->second(call_).body); }

View Api::own(std::string_view pattern, std::string_view name, std::string_view value) const {
  if (call_.request.argument(name)) return own(pattern);
  std::string target(call_.request.path);
  target.append("?").append(call_.request.query).append("&").append(name).append("=").append(value);
  return get(pattern, target, call_.request.parameters);
}

View Api::get(std::string_view pattern, std::string_view target, std::vector<std::string> parameters) const {
  auto request = http::make_request("GET", target);
  request.parameters = std::move(parameters);
  request.arguments = http::parse_arguments(request.query);
  const http::Instance instance{
      .public_url = call_.base_url(), .version = call_.instance.version, .bus = call_.instance.bus};
  http::Call call{request, call_.database, call_.caller, call_.now, call_.random, instance};
  return arena_.read(handlers_.find(pattern)->second(call).body);
}

View Api::view(std::string_view title, std::string_view description) const {
  View view = arena_.object();
  view["title"] = title;
  view["description"] = description;
  return view;
}

std::string Api::argument(std::string_view name) const {
  return std::string(call_.request.argument(name).value_or(std::string_view()));
}

std::string Api::link(std::string_view name, std::string_view value) const {
  std::string out(call_.request.path);
  if (out.ends_with(".md")) out.resize(out.size() - 3);
  char join = '?';
  const auto add = [&](std::string_view key, std::string_view text) {
    if (text.empty()) return;
    out.append(1, join).append(core::percent_encode(key)).append("=").append(core::percent_encode(text));
    join = '&';
  };
  for (const auto& [key, text] : call_.request.arguments) {
    if (key != name && !is_place(key)) add(key, text);
  }
  add(name, value);
  return out;
}

void Api::add_paging(View& view, const View& answer) const {
  const auto& cursor = answer["next_cursor"];
  if (cursor.is_text()) view["older"] = link("cursor", cursor.text());
  if (!argument("cursor").empty() || !argument("offset").empty()) view["newest"] = link("cursor", "");
}

}  // namespace pages
