// One GET request of the command line to a server.
#pragma once

#include <chrono>
#include <string>

namespace cli {

struct Fetched {
  int status = 0;       // 0: no answer
  std::string failure;  // then: why, in a few words
};

// `url` is http or https. Certificates are not checked: nothing secret is sent, and local servers sign their own.
[[nodiscard]] Fetched fetch(const std::string& url, std::chrono::milliseconds timeout);

}  // namespace cli
