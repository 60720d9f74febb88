// Which addresses a webhook may not name under --webhook-block-private.
#pragma once

#include <optional>
#include <string_view>

#include "core/ip.h"

struct sockaddr;

namespace webhooks {

// True for every address that is not one of the public internet: private, loopback, link-local (the cloud metadata
// address is one), shared, multicast, documentation and reserved ranges (the special-purpose registries of IANA), and
// IPv6 forms that carry such an IPv4 address inside (mapped, NAT64, 6to4). Of IPv6, only what is given out for the
// public internet is public.
[[nodiscard]] bool is_private(const core::IpAddress& address);

// What a host means without asking anybody: an address in any spelling that the system's resolver takes (decimal,
// octal, hexadecimal, with fewer than four parts; IPv6 in brackets), or localhost and the names under it (RFC 6761).
// std::nullopt for every other name.
[[nodiscard]] std::optional<core::IpAddress> literal_address(std::string_view host);

// AF_INET or AF_INET6.
[[nodiscard]] core::IpAddress address_of(const sockaddr& address);

}  // namespace webhooks
