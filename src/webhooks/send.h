// One attempt: one HTTP/1.1 request to one URL, within one deadline.
//
// Not httplib::Client: its time limits are per read, so that an answer which drips a byte a second holds it for ever;
// it reads whole answers; and its errors don't tell a refused connection from a host that does not answer or a TLS
// fault from a closed socket. What a delivery needs is little: connect to an address that was checked, send, read a
// status and the beginning of a body, and be stopped at any moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"

namespace webhooks {

inline constexpr std::size_t kMaxAnswer = 16 * 1024;  // bytes of an answer that are read, head and body
inline constexpr std::size_t kKeptAnswer = 1024;      // bytes of its body that are kept

struct Outgoing {
  std::string_view method = "POST";  // or "GET", without a body
  std::string url;
  std::vector<std::pair<std::string_view, std::string>> headers;  // besides Host, Content-Type, Content-Length, …
  std::string_view body;
  std::chrono::milliseconds patience{10'000};  // for everything: name, connection, TLS, request, answer
  bool block_private = false;                  // connect to public addresses only
  bool verify = true;                          // an https receiver's certificate
  int stop = -1;  // a descriptor that becomes readable when all attempts are to end at once
};

struct Outcome {
  bool delivered = false;  // a 2xx
  bool timed_out = false;
  bool stopped = false;       // by Outgoing::stop; nothing else counts then
  std::optional<int> status;  // of the answer, if there was one
  std::string error;          // empty if delivered: a sentence for the webhook's owner
  std::string answer;         // the beginning of the answer's body, as UTF-8
  std::optional<core::Time> retry_after;
  std::int64_t duration_ms = 0;
};

// Never throws. Blocks for `patience` at most.
[[nodiscard]] Outcome send(const Outgoing& outgoing);

}  // namespace webhooks
