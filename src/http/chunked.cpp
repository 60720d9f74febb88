#include "http/chunked.h"

#include <algorithm>

namespace http {
namespace {

constexpr std::size_t kMaxDigits = 16;
constexpr std::size_t kMaxExtensions = 4 * 1024;
constexpr std::size_t kMaxTrailers = 8 * 1024;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::size_t ChunkedBody::feed(std::string_view bytes, std::string& body, std::size_t max_body) {
  std::size_t used = 0;
  while (used < bytes.size() && place_ != Place::done && !refusal_) {
    if (place_ == Place::data) {
      const auto part = bytes.substr(used, left_);
      body.append(part);
      used += part.size();
      left_ -= part.size();
      if (left_ == 0) place_ = Place::data_return;
    } else {
      place_ = step(bytes[used++], body.size(), max_body);
    }
  }
  return used;
}

ChunkedBody::Place ChunkedBody::step(char c, std::size_t body_size, std::size_t max_body) {
  switch (place_) {
    case Place::size_start:
      left_ = digits_ = 0;
      if (hex_digit(c) < 0) return refuse(400, "A chunk must begin with its size in hexadecimal digits.");
      return read_digit(c, body_size, max_body);
    case Place::size:
      if (c == '\r') return Place::size_newline;
      if (c == ';') return Place::extension;
      return read_digit(c, body_size, max_body);
    case Place::extension:
      if (c == '\r') return Place::size_newline;
      if (!is_value_character(c)) return refuse(400, "A chunk extension holds a control character.");
      if (++extensions_ > kMaxExtensions) return refuse(400, "The chunk extensions are too long.");
      return Place::extension;
    case Place::size_newline:
      if (c != '\n') return refuse(400, "A chunk's size must end with CRLF.");
      return left_ == 0 ? Place::trailer_start : Place::data;
    case Place::data_return:
      return c == '\r' ? Place::data_newline : refuse(400, "A chunk is longer than its size says.");
    case Place::data_newline:
      return c == '\n' ? Place::size_start : refuse(400, "A chunk must end with CRLF.");
    case Place::trailer_start:
      if (c == '\r') return Place::last_newline;
      [[fallthrough]];
    case Place::trailer_name:
      if (++trailers_ > kMaxTrailers) return refuse(431, "The trailers are too long.");
      if (c == ':' && place_ == Place::trailer_name) return Place::trailer_value;
      return is_token_character(c) ? Place::trailer_name : refuse(400, "A trailer line must be NAME: VALUE.");
    case Place::trailer_value:
      if (c == '\r') return Place::trailer_newline;
      if (++trailers_ > kMaxTrailers) return refuse(431, "The trailers are too long.");
      return is_value_character(c) ? Place::trailer_value : refuse(400, "A trailer holds a control character.");
    case Place::trailer_newline:
      return c == '\n' ? Place::trailer_start : refuse(400, "A trailer must end with CRLF.");
    case Place::last_newline:
      return c == '\n' ? Place::done : refuse(400, "A chunked body must end with CRLF.");
    case Place::data:
    case Place::done:
      break;
  }
  return place_;
}

ChunkedBody::Place ChunkedBody::read_digit(char c, std::size_t body_size, std::size_t max_body) {
  const int digit = hex_digit(c);
  if (digit < 0) return refuse(400, "A chunk's size must be hexadecimal digits and nothing else.");
  if (++digits_ > kMaxDigits) return refuse(400, "A chunk's size has too many digits.");
  left_ = left_ * 16 + static_cast<std::size_t>(digit);
  if (left_ > max_body - std::min(body_size, max_body)) {
    return refuse(413, "The request body is larger than " + std::to_string(max_body) + " bytes.");
  }
  return Place::size;
}

ChunkedBody::Place ChunkedBody::refuse(int status, std::string_view detail) {
  refusal_ = Refusal{status, std::string(detail)};
  return place_;
}

}  // namespace http
