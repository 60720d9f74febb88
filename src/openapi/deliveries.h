// The document's `webhooks`: what is sent to the URLs that agents register, one entry an event.
#pragma once

#include "openapi/document.h"

namespace openapi {

// Each event that a webhook can ask for, and ping, by its name: the request as it is sent (signature headers, envelope,
// `data`, an example) and what the receiver's answer does. Made from events.json.
[[nodiscard]] Json describe_deliveries();

}  // namespace openapi
