#include "core/api_key.h"

#include <algorithm>

#include "core/crypto.h"

namespace core {
namespace {

constexpr std::size_t kSecretLength = 30;
constexpr std::size_t kCheckLength = 6;  // 62^6 > 2^32

std::string check_sum(std::string_view secret) {
  std::string out(kCheckLength, kBase62.front());
  std::size_t at = kCheckLength;
  for (std::size_t rest = crc32(secret); rest > 0; rest /= kBase62.size()) out[--at] = kBase62[rest % kBase62.size()];
  return out;
}

bool is_base62(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

bool is_well_formed_key(std::string_view text) {
  if (text.size() != kApiKeyPrefix.size() + kSecretLength + kCheckLength || !text.starts_with(kApiKeyPrefix)) {
    return false;
  }
  text.remove_prefix(kApiKeyPrefix.size());
  if (!std::all_of(text.begin(), text.end(), is_base62)) return false;
  const std::string expected = check_sum(text.substr(0, kSecretLength));
  return equal_in_constant_time(bytes_of(expected), bytes_of(text.substr(kSecretLength)));
}

std::string make_key(Random& random) {
  const std::string secret = random.text(kSecretLength, kBase62);
  std::string key(kApiKeyPrefix);
  key.append(secret).append(check_sum(secret));
  return key;
}

}  // namespace core
