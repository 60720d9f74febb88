// Entity tags (RFC 9110, sections 8.8.3 and 13.1.2).
#pragma once

#include <string>
#include <string_view>

namespace http {

// A strong tag of these very bytes, with its quotes.
[[nodiscard]] std::string etag_of(std::string_view body);

// Whether If-None-Match, a list of tags or "*", names this one; compared weakly, as the header asks for.
[[nodiscard]] bool matches_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace http
