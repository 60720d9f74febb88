#include "webhooks/signature.h"

#include "core/api_key.h"
#include "core/crypto.h"

namespace webhooks {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kSecretLength = 44;

}  // namespace

std::string make_secret(core::Random& random) {
  return std::string(kPrefix) + random.text(kSecretLength, core::kBase62);
}

std::string message_id(const core::Uuid& delivery) { return "msg_" + core::to_hex(delivery.span()); }

std::string hex_signature(std::string_view secret, std::string_view body) {
  return core::to_hex(core::hmac_sha256(secret, body));
}

std::string standard_signature(std::string_view secret, std::string_view id, std::string_view timestamp,
                               std::string_view body) {
  if (secret.starts_with(kPrefix)) secret.remove_prefix(kPrefix.size());
  const std::string key = core::from_base64(secret).value_or("");
  std::string content(id);
  content.append(".").append(timestamp).append(".").append(body);
  return "v1," + core::to_base64(core::hmac_sha256(key, content));
}

std::vector<std::pair<std::string_view, std::string>> signature_headers(const Signed& what) {
  const std::string hex = hex_signature(what.secret, what.body);
  const std::string id = message_id(what.delivery);
  const std::string timestamp = std::to_string(what.time / core::kSecond);
  std::string standard = standard_signature(what.secret, id, timestamp, what.body);
  if (what.old_secret) standard += " " + standard_signature(*what.old_secret, id, timestamp, what.body);
  return {
      {"X-ClankdIn-Event", std::string(what.event)},
      {"X-ClankdIn-Delivery", what.delivery.text()},
      {"X-ClankdIn-Signature", hex},
      {"X-Hub-Signature-256", "sha256=" + hex},
      {"webhook-id", id},
      {"webhook-timestamp", timestamp},
      {"webhook-signature", standard},
  };
}

}  // namespace webhooks
