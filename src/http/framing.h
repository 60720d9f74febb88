// Where a request begins and ends in a stream of bytes, by the book (RFC 9112), without sockets.
//
// Stricter than the library behind it: whatever two parsers could read differently is refused, so that no request can
// be smuggled behind another.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"

namespace http {

struct FramingLimits {
  std::size_t max_target = 8 * 1024;
  std::size_t max_head = 32 * 1024;
  std::size_t max_body = 1024 * 1024;
  std::size_t max_headers = 100;
};

enum class FramingState {
  empty,      // nothing of a request yet (white space between requests does not count)
  head,       // part of a head
  body,       // a whole head, part of its body
  complete,   // take() gives the request
  refused,    // status() and detail() say why; the connection cannot go on
};

// Feed it a connection's bytes as they come; it keeps its place, so that each byte is looked at once.
class Framing {
 public:
  explicit Framing(FramingLimits limits) : limits_(limits) {}

  // Appends bytes and goes on as far as they reach. After `complete`, take() first; what followed the request in the
  // same bytes is kept, and the state after take() speaks of it.
  FramingState feed(std::string_view bytes);
  [[nodiscard]] FramingState state() const { return state_; }

  // The complete request (method, target, headers and body filled; nothing decoded); moves on to the bytes behind it.
  [[nodiscard]] Request take();

  // True once when a head with "Expect: 100-continue" is whole and its body is not: send "100 Continue".
  [[nodiscard]] bool take_expectation();
  // Whether the connection stays open after the request that take() gave: HTTP/1.1 without "Connection: close".
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }

  // For `refused`.
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const std::string& detail() const { return detail_; }

  // Bytes held: what a parked connection costs.
  [[nodiscard]] std::size_t buffered() const { return buffer_.capacity(); }

 private:
  FramingState refuse(int status, std::string detail);
  FramingState advance();
  FramingState read_head(std::size_t end);
  FramingState read_body();

  FramingLimits limits_;
  std::string buffer_;
  std::size_t scanned_ = 0;           // bytes of buffer_ searched for the head's end
  std::optional<Request> request_;    // with a whole head
  std::size_t consumed_ = 0;          // bytes of buffer_ that belong to the request so far
  std::size_t length_ = 0;            // Content-Length
  bool chunked_ = false;
  bool expects_ = false;
  bool keep_alive_ = true;
  FramingState state_ = FramingState::empty;
  int status_ = 0;
  std::string detail_;
};

}  // namespace http
