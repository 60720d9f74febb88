#include "http/request.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "http/head.h"

namespace http {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 7> kMethods{{
    {"GET", Method::get},
    {"HEAD", Method::head},
    {"POST", Method::post},
    {"PUT", Method::put},
    {"PATCH", Method::patch},
    {"DELETE", Method::del},
    {"OPTIONS", Method::options},
}};

}  // namespace

Method method_from(std::string_view name) {
  for (const auto& [text, method] : kMethods) {
    if (text == name) return method;
  }
  return Method::other;
}

std::string_view name_of(Method method) {
  for (const auto& [text, candidate] : kMethods) {
    if (candidate == method) return text;
  }
  return "other";
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& field : headers) {
    if (field.name.size() == name.size() && core::equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::bearer_token() const {
  const auto authorization = header("authorization");
  if (!authorization) return std::nullopt;
  // Two of them are read differently by different programs on the way here.
  const auto is_one = [](const Header& field) { return core::equal_ignoring_case(field.name, "authorization"); };
  if (std::count_if(headers.begin(), headers.end(), is_one) > 1) return std::nullopt;
  const auto space = authorization->find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  if (!core::equal_ignoring_case(authorization->substr(0, space), "bearer")) return std::nullopt;
  return core::trim(authorization->substr(space + 1));
}

std::optional<std::string_view> Request::argument(std::string_view name) const {
  for (const auto& [key, value] : arguments) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Request make_request(std::string_view method, std::string_view target,
                     const std::vector<std::pair<std::string, std::string>>& headers, std::string body) {
  std::string head;
  head.reserve(method.size() + target.size() + 64 * headers.size());
  head.append(method).append(target);
  for (const auto& [name, value] : headers) head.append(name).append(value);

  Request request;
  request.head = std::make_unique<const std::string>(std::move(head));
  std::string_view rest = *request.head;
  const auto next = [&rest](std::size_t size) {
    const auto part = rest.substr(0, size);
    rest.remove_prefix(size);
    return part;
  };
  request.method_name = next(method.size());
  request.method = method_from(request.method_name);
  set_target(request, next(target.size()));
  request.headers.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    const auto field = next(name.size());
    request.headers.push_back({field, next(value.size())});
  }
  request.body = std::move(body);
  request.client_address = "127.0.0.1";
  return request;
}

}  // namespace http
