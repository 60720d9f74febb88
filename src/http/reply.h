// An answer as a value.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json_writer.h"

namespace http {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kProblem = "application/problem+json";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kMarkdown = "text/markdown; charset=utf-8";
inline constexpr std::string_view kText = "text/plain; charset=utf-8";

// What a streaming answer writes to. Functions may be called from any thread and never block.
class Outlet {
 public:
  virtual ~Outlet() = default;
  // Queues bytes for the client. False once the client is gone or was cut because more than its share is waiting.
  virtual bool send(std::string_view bytes) = 0;
  [[nodiscard]] virtual bool open() const = 0;
  // Ends the answer and closes the connection when what was queued has been sent.
  virtual void close() = 0;
};

// Test controls can spoil an answer's way out (section 13 of the contract).
enum class Delivery { whole, truncated, dropped };

struct Reply {
  int status = 200;
  std::string_view content_type = kJson;  // a constant
  std::string body;
  // Besides Content-Type, Content-Length, Date and what the router adds. Names are constants.
  std::vector<std::pair<std::string_view, std::string>> headers;
  // For an answer that goes on: after the head (and `body`) went out, this is called once with the connection's outlet.
  std::function<void(std::shared_ptr<Outlet>)> stream;
  Delivery delivery = Delivery::whole;
  std::string detail;  // of a problem document, for other forms of it

  Reply& header(std::string_view name, std::string value) & {
    headers.emplace_back(name, std::move(value));
    return *this;
  }
  Reply&& header(std::string_view name, std::string value) && {
    headers.emplace_back(name, std::move(value));
    return std::move(*this);
  }
  [[nodiscard]] const std::string* find_header(std::string_view name) const;

  // A copy of one that is not a stream, with room for as many more headers.
  [[nodiscard]] Reply copy_with_room(std::size_t more_headers) const;
};

[[nodiscard]] inline Reply ok(core::JsonWriter& json) { return {.body = json.take()}; }
[[nodiscard]] inline Reply ok(std::string json) { return {.body = std::move(json)}; }
[[nodiscard]] inline Reply created(core::JsonWriter& json, std::string location) {
  return Reply{.status = 201, .body = json.take()}.header("Location", std::move(location));
}
[[nodiscard]] inline Reply accepted(core::JsonWriter& json) { return {.status = 202, .body = json.take()}; }
[[nodiscard]] inline Reply no_content() { return {.status = 204, .content_type = {}}; }

// Given to whoever answers; to be called exactly once, from any thread. Takes the reply over.
using Respond = std::function<void(Reply&&)>;

}  // namespace http
