#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>

namespace cli {

Progress::Progress(std::size_t total) : total_(std::max<std::size_t>(total, 1)), terminal_(isatty(STDERR_FILENO) == 1) {
  show(0);
}

Progress::~Progress() {
  if (terminal_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::show(std::size_t done) {
  constexpr int kWidth = 40;
  const int percent = static_cast<int>(std::min(done, total_) * 100 / total_);
  if (!terminal_ || percent == shown_) return;
  shown_ = percent;
  const int filled = percent * kWidth / 100;
  std::cerr << "\r[" << std::string(static_cast<std::size_t>(filled), '#')
            << std::string(static_cast<std::size_t>(kWidth - filled), ' ') << "] " << percent << " %" << std::flush;
}

}  // namespace cli
