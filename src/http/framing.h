// Where a request begins and ends in a stream of bytes, by the book (RFC 9112), without sockets.
//
// Stricter than the library behind it: whatever two parsers could read differently is refused, so that no request can
// be smuggled behind another.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/chunked.h"
#include "http/head.h"
#include "http/request.h"

namespace http {

enum class FramingState {
  empty,     // nothing of a request yet (empty lines between requests do not count)
  head,      // part of a head
  body,      // a whole head, part of its body
  complete,  // take() gives the request
  refused,   // status() and detail() say why; the connection cannot go on
};

// Feed it a connection's bytes as they come; it keeps its place, so that each byte is looked for a line's end once.
class Framing {
 public:
  // `limits` must outlive it.
  explicit Framing(const FramingLimits& limits) : limits_(&limits) {}

  // Goes on as far as the bytes reach. After `complete`, take() first; what followed the request in the same bytes is
  // kept, and the state after take() speaks of it.
  FramingState feed(std::string_view bytes);
  [[nodiscard]] FramingState state() const { return state_; }
  // No more bytes will come: refused where a request has begun.
  FramingState end();

  // The complete request (method, target, headers and body filled; nothing decoded); moves on to the bytes behind it.
  [[nodiscard]] Request take();

  // True once when a head with "Expect: 100-continue" is whole and its body is not: send "100 Continue".
  [[nodiscard]] bool take_expectation();
  // Whether the connection stays open after the request that take() gave: HTTP/1.1 without "Connection: close",
  // HTTP/1.0 with "Connection: keep-alive".
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }

  // For `refused`.
  [[nodiscard]] int status() const { return refusal_ ? refusal_->status : 0; }
  [[nodiscard]] std::string_view detail() const { return refusal_ ? std::string_view(refusal_->detail) : ""; }

  // Bytes held: what a parked connection costs.
  [[nodiscard]] std::size_t buffered() const { return buffer_.capacity() + (request_ ? request_->body.capacity() : 0); }

 private:
  FramingState refuse(Refusal refusal);
  FramingState scan_head();
  FramingState check_size(std::size_t end);
  FramingState finish_head(std::size_t end);
  std::size_t read_body(std::string_view bytes);
  void release_buffer();

  const FramingLimits* limits_;
  FramingState state_ = FramingState::empty;
  bool keep_alive_ = true;

  // The bytes that no request has taken yet; empty while a body is read, which goes where it belongs at once.
  std::string buffer_;
  std::size_t begin_ = 0;        // where the next request begins in buffer_
  std::size_t line_ = 0;         // where its unfinished line begins
  std::size_t scanned_ = 0;      // no line ends in [line_, scanned_)
  std::size_t fields_ = 0;       // where its header fields begin; 0 while its request line is not whole
  std::size_t lines_ = 0;        // whole header lines
  std::size_t empty_lines_ = 0;  // before the request line

  std::optional<Request> request_;  // with a whole head
  BodyPlan plan_;                   // of request_
  ChunkedBody chunks_;
  std::optional<Refusal> refusal_;
};

}  // namespace http
