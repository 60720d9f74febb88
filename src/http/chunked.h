// The chunked transfer coding (RFC 9112, section 7.1), as a decoder that takes bytes as they come.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/head.h"

namespace http {

// Sizes are bare hexadecimal digits, line ends are CRLF; extensions and trailers are checked, bounded and dropped.
class ChunkedBody {
 public:
  // Appends what `bytes` hold of the body to `body`, and returns how many of them belonged to the message: all of them
  // until complete() or refusal(). `max_body` bounds the whole body.
  std::size_t feed(std::string_view bytes, std::string& body, std::size_t max_body);

  [[nodiscard]] bool complete() const { return place_ == Place::done; }
  [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }

 private:
  enum class Place {
    size_start,
    size,
    extension,
    size_newline,
    data,
    data_return,
    data_newline,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_newline,
    last_newline,
    done,
  };

  Place step(char c, std::size_t body_size, std::size_t max_body);
  Place read_digit(char c, std::size_t body_size, std::size_t max_body);
  Place refuse(int status, std::string_view detail);

  Place place_ = Place::size_start;
  std::size_t left_ = 0;  // of the chunk's size, then of its data
  std::size_t digits_ = 0;
  std::size_t extensions_ = 0;  // bytes of all extensions
  std::size_t trailers_ = 0;    // bytes of all trailers
  std::optional<Refusal> refusal_;
};

}  // namespace http
