// How a receiver knows that a delivery is ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "core/random.h"

namespace webhooks {

// `whsec_` and 44 characters, which are also valid base64 of 33 bytes.
[[nodiscard]] std::string make_secret(core::Random& random);

// `webhook-id` of a delivery: the same over all its attempts and redeliveries.
[[nodiscard]] std::string message_id(const core::Uuid& delivery);

// The lower-case hex HMAC-SHA256 of the body, keyed with the whole secret as it is written.
[[nodiscard]] std::string hex_signature(std::string_view secret, std::string_view body);

// Standard Webhooks (standardwebhooks.com): "v1," and the base64 HMAC-SHA256 of "ID.TIMESTAMP.BODY", keyed with the
// bytes that the secret's text after `whsec_` stands for.
[[nodiscard]] std::string standard_signature(std::string_view secret, std::string_view id, std::string_view timestamp,
                                             std::string_view body);

// What is signed: one attempt of one delivery.
struct Signed {
  std::string_view secret;
  std::optional<std::string_view> old_secret;  // while it is still good after a rotation
  std::string_view event;
  core::Uuid delivery;
  core::Time time = 0;  // real time: receivers compare it with their own clock
  std::string_view body;
};
// The headers that name and sign it.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string>> signature_headers(const Signed& what);

}  // namespace webhooks
