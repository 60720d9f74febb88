// How the steps of an attempt fail. For send*.cpp only.
#pragma once

#include <chrono>
#include <string>

namespace webhooks {

struct SendFault {
  enum class Kind { failed, timed_out, stopped };
  Kind kind = Kind::failed;
  std::string error;
};

// When an attempt must be over, and what ends it before.
struct Deadline {
  std::chrono::steady_clock::time_point at;
  int stop = -1;

  // At least 0, rounded up.
  [[nodiscard]] int left_ms() const {
    using std::chrono::steady_clock, std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(at - steady_clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
  }
};

}  // namespace webhooks
