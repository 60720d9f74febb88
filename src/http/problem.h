// Problem documents (RFC 9457): the only place where a failure becomes a status.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "core/error.h"
#include "http/reply.h"
#include "http/request.h"

namespace http {

[[nodiscard]] int status_of(core::ErrorCode code);
// "Not Found" and the like; RFC 9110 section 15.
[[nodiscard]] std::string_view title_of(int status);

// {"type", "title", "status", "detail", "request_id", "errors"?}
[[nodiscard]] Reply problem(int status, std::string_view detail, std::string_view request_id,
                            const std::vector<core::FieldFault>& faults = {});
// core::Error and storage::Failure by their kind; anything else is a 500 with a general sentence, its cause in the log
// under the request's id.
[[nodiscard]] Reply problem_from(std::exception_ptr failure, const Request& request);

}  // namespace http
