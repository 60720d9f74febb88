// /_test/requests.
#pragma once

#include "http/route.h"
#include "journal/journal.h"
#include "testing/waits.h"

namespace testing {

// Both outlive the routes.
[[nodiscard]] http::Routes journal_routes(journal::Journal& journal, Waits& waits);

}  // namespace testing
