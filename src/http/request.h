// A request as a value: no socket, no thread, no library of HTTP.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

[[nodiscard]] Method method_from(std::string_view name);  // case-sensitive, RFC 9110 section 9.1
[[nodiscard]] std::string_view name_of(Method method);

class JsonDocument;  // a parsed body; only body.cpp looks inside

struct Header {
  std::string_view name;   // as it was sent; compared without case
  std::string_view value;  // without white space at the ends, not decoded
};

// All views point into `head` (or are empty), which moves with the request and never changes.
struct Request {
  std::unique_ptr<const std::string> head;  // request line and headers as they came
  Method method = Method::get;
  std::string_view method_name;
  std::string_view target;      // path and query as sent
  std::string_view path;        // before the first '?', not decoded
  std::string_view query;       // after it, not decoded
  std::vector<Header> headers;
  std::string body;             // decoded from chunks where it came in chunks
  int minor_version = 1;        // HTTP/1.minor_version

  std::string client_address;   // the peer's IP address, in text ("127.0.0.1", "::1")
  bool secure = false;          // came over TLS

  // Its share of the overall rate limit was taken by the request that carries it (a tool call in POST /mcp).
  bool counted = false;

  // Filled by the router.
  std::string id;                            // X-Request-Id
  std::vector<std::string> parameters;       // path parameters in the order of the pattern, percent-decoded
  std::vector<std::pair<std::string, std::string>> arguments;  // query parameters, percent-decoded
  std::shared_ptr<const JsonDocument> json;  // the body of a request that has one

  // The first header of that name (given in lower case); std::nullopt without one.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  // What follows "Bearer" in the Authorization header (RFC 6750, section 2.1); std::nullopt for another scheme, and
  // where the header is there more than once.
  [[nodiscard]] std::optional<std::string_view> bearer_token() const;
  // The first query parameter of that name.
  [[nodiscard]] std::optional<std::string_view> argument(std::string_view name) const;
};

// For callers that have the parts and no socket (tests, MCP, prompts that are checked). Headers are name, value.
[[nodiscard]] Request make_request(std::string_view method, std::string_view target,
                                   const std::vector<std::pair<std::string, std::string>>& headers = {},
                                   std::string body = {});

}  // namespace http
