// Posting jobs, in one's own name or an organization's.
#pragma once

#include <optional>

#include "http/route.h"
#include "organizations/organizations.h"

namespace jobs {

// Throws core::forbidden unless the caller may post jobs in the organization's name.
void require_speaker(const http::Call& call, const organizations::Organization& organization);

// Posts the job in the request's body, in the name of `by`, or else of the organization that the body names, if any.
[[nodiscard]] http::Reply post_job(const http::Call& call, const std::optional<organizations::Organization>& by);

}  // namespace jobs
