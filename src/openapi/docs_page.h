// The document as a page for people.
#pragma once

#include <string>

#include "openapi/document.h"

namespace openapi {

// A whole HTML page, without scripts and inline styles, of what describe() made. Its base URLs are still to be filled
// in.
[[nodiscard]] std::string docs_page(const Json& document);

}  // namespace openapi
