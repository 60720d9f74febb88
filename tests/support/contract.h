// Every answer of a test's application is held against the OpenAPI document of its own route table.
#pragma once

#include <string>
#include <string_view>

#include "http/reply.h"
#include "server/app.h"

// What is wrong with the answer to that request by the document, a line a fault; empty if nothing is. Of applications
// with test controls only successes are looked at: faults may be of any status. From any thread.
[[nodiscard]] std::string contract_faults(server::App& app, std::string_view method, std::string_view target,
                                          const http::Reply& reply);
