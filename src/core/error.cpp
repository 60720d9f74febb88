#include "core/error.h"

#include <algorithm>
#include <utility>

namespace core {

Error::Error(ErrorCode code, std::string detail, std::vector<FieldFault> faults)
    : code_(code), detail_(std::move(detail)), faults_(std::move(faults)) {}

Error bad_request(std::string detail) { return Error(ErrorCode::bad_request, std::move(detail)); }

Error bad_field(std::string field, std::string detail) { return bad_fields({{std::move(field), std::move(detail)}}); }

Error bad_fields(std::vector<FieldFault> faults) {
  constexpr std::size_t kShown = 5;
  std::string detail = faults.front().detail;
  for (std::size_t i = 1; i < std::min(faults.size(), kShown); ++i) detail.append(" ").append(faults[i].detail);
  if (faults.size() > kShown) detail.append(" (" + std::to_string(faults.size() - kShown) + " more in errors.)");
  return Error(ErrorCode::bad_request, std::move(detail), std::move(faults));
}

Error forbidden(std::string detail) { return Error(ErrorCode::forbidden, std::move(detail)); }

Error not_found(std::string detail) { return Error(ErrorCode::not_found, std::move(detail)); }

Error conflict(std::string detail) { return Error(ErrorCode::conflict, std::move(detail)); }

Error unavailable(std::string detail, int retry_after_s) {
  Error error(ErrorCode::unavailable, std::move(detail));
  error.retry_after_s = retry_after_s;
  return error;
}

}  // namespace core
