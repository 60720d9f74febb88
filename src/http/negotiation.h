// Which representation a client prefers (RFC 9110, section 12.5.1).
#pragma once

#include <string_view>

#include "http/route.h"

namespace http {

// HTML or Markdown only where `accept` names it and puts it before JSON; everything else, `*/*` included, is JSON.
[[nodiscard]] Form preferred_form(std::string_view accept);

// Whether a Content-Type is one that a JSON body may come with: any, but multipart/form-data or a charset other than
// UTF-8.
[[nodiscard]] bool is_acceptable_content_type(std::string_view content_type);

}  // namespace http
