// Wrong use of the program: one line on standard error and exit status 2.
#pragma once

#include <stdexcept>
#include <string>

namespace cli {

class UsageError : public std::runtime_error {
 public:
  // `what` names the option or argument and what it takes.
  using std::runtime_error::runtime_error;
};

}  // namespace cli
