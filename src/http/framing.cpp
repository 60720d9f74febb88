#include "http/framing.h"

#include <algorithm>
#include <utility>

namespace http {
namespace {

constexpr std::size_t kMaxEmptyLines = 8;
constexpr std::size_t kVersionSize = sizeof(" HTTP/1.1\r") - 1;
// A body of a length that was only announced does not get its memory at once.
constexpr std::size_t kFirstReserve = 16 * 1024;

}  // namespace

FramingState Framing::feed(std::string_view bytes) {
  switch (state_) {
    case FramingState::refused:
      return state_;
    case FramingState::complete:
      buffer_.append(bytes);
      return state_;
    case FramingState::body: {
      const auto used = read_body(bytes);
      if (state_ != FramingState::refused) buffer_.append(bytes.substr(used));
      return state_;
    }
    case FramingState::empty:
    case FramingState::head:
      break;
  }
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    line_ -= begin_;
    scanned_ -= begin_;
    if (fields_ > 0) fields_ -= begin_;
    begin_ = 0;
  }
  buffer_.append(bytes);
  return scan_head();
}

FramingState Framing::scan_head() {
  for (;;) {
    const auto newline = buffer_.find('\n', scanned_);
    if (newline == std::string::npos) {
      scanned_ = buffer_.size();
      if (scanned_ == begin_) {
        release_buffer();
        return state_ = FramingState::empty;
      }
      state_ = FramingState::head;
      return check_size(scanned_);
    }
    // What came before the line's end is refused as it would have been without it: in how many pieces it came changes
    // nothing.
    if (check_size(newline) == FramingState::refused) return state_;
    scanned_ = newline + 1;
    if (newline == line_ || buffer_[newline - 1] != '\r')
      return refuse({400, "Every line of a head must end with CRLF."});
    const bool empty = newline == line_ + 1;
    line_ = scanned_;
    if (empty && fields_ == 0) {
      if (++empty_lines_ > kMaxEmptyLines) return refuse({400, "Too many empty lines before a request."});
      begin_ = scanned_;
    } else if (empty) {
      return finish_head(scanned_);
    } else if (fields_ == 0) {
      fields_ = scanned_;
    } else if (++lines_ > limits_->max_headers) {
      return refuse({431, "The request has more than " + std::to_string(limits_->max_headers) + " headers."});
    }
  }
}

// Of a head that goes on at `end`.
FramingState Framing::check_size(std::size_t end) {
  if (fields_ > 0) {
    if (end - fields_ <= limits_->max_head) return state_;
    return refuse({431, "The headers are longer than " + std::to_string(limits_->max_head) + " bytes."});
  }
  const auto line = std::string_view(buffer_).substr(line_, end - line_);
  if (line.substr(0, kMaxMethod + 1).find(' ') == line.npos && line.size() > kMaxMethod) {
    return refuse({400, "The request line must be METHOD TARGET HTTP/1.1, with one space between its parts."});
  }
  if (line.size() <= kMaxMethod + limits_->max_target + kVersionSize) return state_;
  return refuse({414, "The request target is longer than " + std::to_string(limits_->max_target) + " bytes."});
}

FramingState Framing::finish_head(std::size_t end) {
  if (end - fields_ > limits_->max_head) {
    return refuse({431, "The headers are longer than " + std::to_string(limits_->max_head) + " bytes."});
  }
  request_.emplace();
  if (begin_ == 0 && end == buffer_.size()) {  // nothing else came: what most requests look like
    request_->head = std::make_unique<const std::string>(std::move(buffer_));
    buffer_ = {};
    begin_ = 0;
  } else {
    request_->head = std::make_unique<const std::string>(buffer_, begin_, end - begin_);
    begin_ = end;
  }
  request_->headers.reserve(lines_);
  fields_ = lines_ = empty_lines_ = 0;
  plan_ = {};
  if (auto refusal = read_head(*request_, *limits_, plan_)) return refuse(std::move(*refusal));

  if (!plan_.chunked && plan_.length == 0) return state_ = FramingState::complete;
  state_ = FramingState::body;
  if (plan_.chunked) chunks_ = {};
  request_->body.reserve(std::min(plan_.length, kFirstReserve));
  const auto used = read_body(std::string_view(buffer_).substr(begin_));
  if (state_ == FramingState::refused) return state_;
  begin_ += used;
  if (begin_ == buffer_.size()) release_buffer();
  return state_;
}

std::size_t Framing::read_body(std::string_view bytes) {
  if (plan_.chunked) {
    const auto used = chunks_.feed(bytes, request_->body, limits_->max_body);
    if (chunks_.refusal()) {
      refuse(*chunks_.refusal());
    } else if (chunks_.complete()) {
      state_ = FramingState::complete;
    }
    return used;
  }
  const auto part = bytes.substr(0, plan_.length - request_->body.size());
  request_->body.append(part);
  if (request_->body.size() == plan_.length) state_ = FramingState::complete;
  return part.size();
}

Request Framing::take() {
  Request request = std::move(*request_);
  request_.reset();
  keep_alive_ = plan_.keep_alive;
  state_ = FramingState::empty;
  line_ = scanned_ = begin_;
  if (begin_ == buffer_.size()) {
    release_buffer();
  } else {
    scan_head();
  }
  return request;
}

bool Framing::take_expectation() { return state_ == FramingState::body && std::exchange(plan_.expects, false); }

FramingState Framing::end() {
  if (state_ != FramingState::head && state_ != FramingState::body) return state_;
  return refuse({400, "The connection ended before the request was whole."});
}

FramingState Framing::refuse(Refusal refusal) {
  refusal_ = std::move(refusal);
  request_.reset();
  release_buffer();
  return state_ = FramingState::refused;
}

void Framing::release_buffer() {
  std::string().swap(buffer_);
  begin_ = line_ = scanned_ = 0;
}

}  // namespace http
