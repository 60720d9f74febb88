// The one exception type that features throw on purpose.
//
// An Error is protocol-neutral: http/problem.cpp is the only place that turns a code into a status. Whatever else
// escapes from a handler is a bug and becomes a 500 with a general sentence.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

enum class ErrorCode {
  bad_request,
  unauthorized,
  forbidden,
  not_found,
  conflict,
  too_large,
  unsupported_media,
  unprocessable,
  rate_limited,
  unavailable,
};

// One bad field of a request: `field` as the client wrote it ("skills[3]"), `detail` a sentence with the fix.
struct FieldFault {
  std::string field;
  std::string detail;
};

class Error : public std::exception {
 public:
  // `detail` is shown to the client: a human sentence that says what is wrong and what to do instead.
  Error(ErrorCode code, std::string detail, std::vector<FieldFault> faults = {});

  ErrorCode code() const noexcept { return code_; }
  const std::string& detail() const noexcept { return detail_; }
  const std::vector<FieldFault>& faults() const noexcept { return faults_; }
  const char* what() const noexcept override { return detail_.c_str(); }

  // Seconds after which trying again makes sense (rate_limited, unavailable).
  std::optional<int> retry_after_s;

 private:
  ErrorCode code_;
  std::string detail_;
  std::vector<FieldFault> faults_;
};

[[nodiscard]] Error bad_request(std::string detail);
// One bad field; its sentence is also the error's detail.
[[nodiscard]] Error bad_field(std::string field, std::string detail);
// Several, at least one; the detail has the first few sentences, for clients that read nothing else.
[[nodiscard]] Error bad_fields(std::vector<FieldFault> faults);
[[nodiscard]] Error forbidden(std::string detail);
[[nodiscard]] Error not_found(std::string detail);
[[nodiscard]] Error conflict(std::string detail);
[[nodiscard]] Error unavailable(std::string detail, int retry_after_s = 1);

}  // namespace core
