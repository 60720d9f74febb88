// A request's head: its request line and header fields, and what they say of the body (RFC 9112, sections 2 to 6).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"

namespace http {

// Longer than any method that there is.
inline constexpr std::size_t kMaxMethod = 32;

struct FramingLimits {
  std::size_t max_target = 8 * 1024;
  std::size_t max_head = 32 * 1024;  // header fields, without the request line
  std::size_t max_body = 1024 * 1024;
  std::size_t max_headers = 100;
};

// Why a message is refused: a status, and a sentence for the client.
struct Refusal {
  int status = 400;
  std::string detail;
};

// What a head says of the bytes behind it.
struct BodyPlan {
  bool chunked = false;
  std::size_t length = 0;  // Content-Length; 0 where chunked
  bool expects = false;    // "Expect: 100-continue" was asked for
  bool keep_alive = true;  // the connection stays open after the answer
};

// Reads request.head, a whole head whose every line ends with CRLF, into the request's other members, and `plan`.
[[nodiscard]] std::optional<Refusal> read_head(Request& request, const FramingLimits& limits, BodyPlan& plan);

// Sets target, path and query. `target` must point into the request's head.
void set_target(Request& request, std::string_view target);

// tchar of RFC 9110, section 5.6.2.
[[nodiscard]] bool is_token_character(char c);
// What a field value may hold: visible characters, space, tab and bytes from 0x80 (RFC 9110, section 5.5).
[[nodiscard]] bool is_value_character(char c);

}  // namespace http
