// Pages for people, and the same as Markdown for whoever likes text: what the API answers, shown.
//
// A page asks the API's own handlers in its own read transaction, so that it has the API's filters, cursors, limits and
// errors without a second line of SQL. It can be read without a script; script.js adds suggestions, what happens live,
// and acting as an agent.
#pragma once

#include <string>
#include <string_view>

#include "http/request.h"
#include "http/route.h"

namespace pages {

// Two lines for each page, HTML and Markdown. `api`: the table with the handlers that they ask; it is not kept. Throws
// std::logic_error if one of them is not in it.
[[nodiscard]] http::Routes routes(const http::Routes& api);

// What a browser gets instead of a problem document.
[[nodiscard]] std::string error_page(int status, std::string_view detail, const http::Request& request);

}  // namespace pages
