// The beginning of an HTTP/1.1 answer, read from bytes as they come. For send*.cpp only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/chunked.h"

namespace webhooks {

class AnswerReader {
 public:
  // False once it needs no more: the answer is whole, is none, or enough of it was read.
  bool feed(std::string_view bytes);
  // No more comes.
  void end();

  // Empty, or why this is no answer in HTTP.
  [[nodiscard]] const std::string& fault() const { return fault_; }
  // Of the final answer (not of one that announces another), once its head is whole.
  [[nodiscard]] std::optional<int> status() const { return status_; }
  // True where the answer had no end within kMaxAnswer and did not say that it would have one.
  [[nodiscard]] bool endless() const { return endless_; }
  // True where the connection ended before the body that the head announced.
  [[nodiscard]] bool cut() const { return cut_; }
  [[nodiscard]] const std::optional<std::string>& retry_after() const { return retry_after_; }
  // The first kKeptAnswer bytes.
  [[nodiscard]] const std::string& body() const { return body_; }

 private:
  // Takes a head from head_, if it is whole; false if it is none.
  bool read_head();
  bool read_line(std::string_view line);
  void read_body(std::string_view bytes);
  bool refuse(std::string_view why);

  std::size_t read_ = 0;
  std::string head_;
  std::string fault_;
  std::optional<int> status_;
  std::optional<std::string> retry_after_;
  std::optional<std::size_t> left_;  // of a body whose length was said
  std::optional<http::ChunkedBody> chunks_;
  std::string body_;
  bool done_ = false;
  bool endless_ = false;
  bool cut_ = false;
};

}  // namespace webhooks
