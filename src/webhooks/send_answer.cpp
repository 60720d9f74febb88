#include "webhooks/send_answer.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"
#include "webhooks/send.h"

namespace webhooks {
namespace {

// "HTTP/1.1 200 OK", RFC 9112, section 4.
std::optional<int> status_from(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr std::size_t kStatusAt = 9;
  if (!line.starts_with(kVersion) || line.size() < kStatusAt + 3) return std::nullopt;
  if (line.size() > kStatusAt + 3 && line[kStatusAt + 3] != ' ') return std::nullopt;
  int status = 0;
  const char* const end = line.data() + kStatusAt + 3;
  const auto [stop, error] = std::from_chars(line.data() + kStatusAt, end, status);
  const bool fits = error == std::errc() && stop == end && line[kStatusAt - 1] == ' ' && status >= 100 && status < 600;
  return fits ? std::optional(status) : std::nullopt;
}

// Whether what has come so far can become a status line.
bool may_be_http(std::string_view head) {
  constexpr std::string_view kVersion = "HTTP/1.";
  return kVersion.starts_with(head.substr(0, kVersion.size()));
}

}  // namespace

bool AnswerReader::feed(std::string_view bytes) {
  bytes = bytes.substr(0, kMaxAnswer - read_);
  read_ += bytes.size();
  if (!status_) {
    head_.append(bytes);
    if (!read_head()) return false;
    bytes = {};
  }
  if (status_ && !done_) {
    if (!head_.empty()) {
      const std::string rest = std::move(head_);
      head_.clear();
      read_body(rest);
    }
    read_body(bytes);
  }
  if (done_ || !fault_.empty()) return false;
  if (read_ < kMaxAnswer) return true;
  if (!status_) return refuse("its head is longer than 16 KiB");
  endless_ = !left_;
  return false;
}

void AnswerReader::end() {
  if (!fault_.empty()) return;
  if (status_) {
    cut_ = !done_ && (left_ || chunks_);
    return;
  }
  if (head_.empty()) {
    fault_ = "The receiver closed the connection without an answer.";
  } else {
    refuse("it ends in the middle of its head");
  }
}

bool AnswerReader::refuse(std::string_view why) {
  fault_ = "The answer is not HTTP: " + std::string(why) + ".";
  return false;
}

bool AnswerReader::read_head() {
  if (!may_be_http(head_)) return refuse("it does not begin with HTTP/1.1 or HTTP/1.0");
  while (!status_) {
    const std::size_t end = head_.find("\n\r\n");
    const std::size_t bare_end = head_.find("\n\n");
    if (std::min(end, bare_end) == std::string::npos) return true;
    const std::size_t size = std::min(end, bare_end) + 1;
    std::string_view rest(head_.data(), size);
    std::optional<int> status;
    while (!rest.empty()) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (status) {
        if (!read_line(line)) return false;
        continue;
      }
      status = status_from(line);
      if (!status) return refuse("its first line is no status line");
    }
    head_.erase(0, size + (end < bare_end ? 2 : 1));
    constexpr int kSwitchingProtocols = 101;  // nobody asked for that, and what follows is not HTTP
    if (*status >= 200 || *status == kSwitchingProtocols) {
      status_ = status;
    } else {  // an interim answer (RFC 9110, section 15.2); another follows
      left_.reset();
      chunks_.reset();
      retry_after_.reset();
    }
  }
  if (*status_ < 200 || *status_ == 204 || *status_ == 304) done_ = true;
  if (left_ == 0 && !chunks_) done_ = true;
  return true;
}

bool AnswerReader::read_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos || colon == 0) return refuse("a line of its head is no header");
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = core::trim(line.substr(colon + 1));
  if (core::equal_ignoring_case(name, "content-length")) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error != std::errc() || end != value.data() + value.size()) return refuse("its Content-Length is no number");
    left_ = length;
  } else if (core::equal_ignoring_case(name, "transfer-encoding")) {
    if (core::to_lower_ascii(value).find("chunked") != std::string::npos) chunks_.emplace();
  } else if (core::equal_ignoring_case(name, "retry-after")) {
    retry_after_ = value;
  }
  return true;
}

void AnswerReader::read_body(std::string_view bytes) {
  if (done_) return;
  if (chunks_) {
    left_.reset();  // chunks count (RFC 9112, section 6.3)
    std::string decoded;
    chunks_->feed(bytes, decoded, SIZE_MAX);
    body_.append(decoded, 0, kKeptAnswer - body_.size());
    if (chunks_->refusal()) refuse("its chunks are malformed");
    done_ = chunks_->complete();
    return;
  }
  if (left_) bytes = bytes.substr(0, *left_);
  body_.append(bytes.substr(0, kKeptAnswer - body_.size()));
  if (left_) {
    *left_ -= bytes.size();
    done_ = *left_ == 0;
  }
}

}  // namespace webhooks
