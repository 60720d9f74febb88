#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/entries.h"
#include "cli/fetch.h"
#include "core/error.h"
#include "core/text.h"

namespace cli {
namespace {

using namespace std::chrono_literals;

class Wait : public Command {
 public:
  void describe(Options& options) override {
    options.add({.name = "URL",
                 .takes = "the http or https URL of a server",
                 .help = "Where the server is, like http://127.0.0.1:8080",
                 .argument = true,
                 .read = [this](const std::string& value) {
                   url_ = value.substr(0, value.find_last_not_of('/') + 1);
                   return core::is_http_url(value) && value.find_first_of("?#") == std::string::npos;
                 }});
    options.seconds("timeout", timeout_s_, "How long to wait before giving up");
  }

  // Asks /health at once and then again and again, at first quickly: a server is there within milliseconds.
  int run(const Program&) override {
    using Clock = std::chrono::steady_clock;
    const auto timeout = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout_s_));
    const Clock::time_point deadline = Clock::now() + timeout;
    std::chrono::milliseconds pause = 5ms;
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      const Fetched answer = fetch(url_ + "/health", std::clamp<std::chrono::milliseconds>(left, 1ms, 5s));
      if (answer.status == 200) return 0;
      if (Clock::now() + pause >= deadline) give_up(answer);
      std::this_thread::sleep_for(pause);
      pause = std::min<std::chrono::milliseconds>(pause * 2, 200ms);
    }
  }

 private:
  [[noreturn]] void give_up(const Fetched& answer) const {
    std::string waited = std::to_string(timeout_s_);
    waited.erase(std::min(waited.size(), waited.find_last_not_of("0.") + 1));
    const std::string last = answer.status == 0 ? answer.failure : "/health answers " + std::to_string(answer.status);
    throw core::unavailable(url_ + " is not ready after " + (waited.empty() ? "0" : waited) + " s: " + last);
  }

  std::string url_;
  double timeout_s_ = 30;
};

}  // namespace

std::unique_ptr<Command> make_wait() { return std::make_unique<Wait>(); }

}  // namespace cli
