// Bytes of a connection: whatever comes, whole or in pieces, the framing agrees with itself and never reads past it.
#include "http/framing.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

// What a connection's bytes amount to, as text.
std::string read(std::string_view bytes, std::size_t step) {
  static const http::FramingLimits limits{.max_target = 256, .max_head = 2048, .max_body = 4096};
  http::Framing framing(limits);
  std::string seen;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, step);
    bytes.remove_prefix(part.size());
    for (auto state = framing.feed(part); state == http::FramingState::complete; state = framing.state()) {
      const auto request = framing.take();
      seen.append(request.method_name).append(" ").append(request.target).append("\n");
      for (const auto& header : request.headers) seen.append(header.name).append("=").append(header.value).append("\n");
      seen.append(request.body).append("\n");
    }
    if (framing.state() == http::FramingState::refused) return seen + std::to_string(framing.status());
  }
  framing.end();
  return seen + std::to_string(framing.status());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  if (read(bytes, bytes.size()) != read(bytes, 1)) std::abort();
  return 0;
}
