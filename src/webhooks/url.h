// Where a webhook's deliveries go.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace webhooks {

inline constexpr std::size_t kMaxUrl = 2000;

struct Url {
  bool secure = false;
  std::string host;  // as it stands in the URL, IPv6 in brackets
  int port = 80;
  std::string authority;  // for the Host header: without the scheme's own port
  std::string target;     // path and query as they are sent
};

// An absolute http or https URL without user information; std::nullopt for anything else. A fragment is dropped.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);

// What is wrong with a URL that is to be registered, as a sentence with the fix; std::nullopt if it may be.
// `block_private`: addresses that are not public are refused.
[[nodiscard]] std::optional<std::string> url_fault(std::string_view text, bool block_private);

}  // namespace webhooks
