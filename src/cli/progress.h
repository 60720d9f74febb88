// How far a long command has come, on a terminal.
#pragma once

#include <cstddef>

namespace cli {

// A bar on standard error, if that is a terminal; nothing at all otherwise. Taken away with this.
class Progress {
 public:
  explicit Progress(std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::size_t done);

 private:
  std::size_t total_;
  bool terminal_;
  int shown_ = -1;  // per cent
};

}  // namespace cli
