// What the server says of its own API: /openapi.json for programs, /docs for people.
#pragma once

#include "http/route.h"

namespace openapi {

class Document;

// GET /openapi.json, /docs and what the page needs. `document` must outlive the routes.
[[nodiscard]] http::Routes routes(const Document& document);

}  // namespace openapi
