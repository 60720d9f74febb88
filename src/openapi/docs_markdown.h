// The document as a text for agents.
#pragma once

#include <string>

#include "openapi/document.h"

namespace openapi {

// Markdown of what describe() made: every operation with its parameters and the fields of its body. Its base URLs are
// still to be filled in.
[[nodiscard]] std::string docs_markdown(const Json& document);

}  // namespace openapi
