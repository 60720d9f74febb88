// Request bodies: parsed or refused with a sentence, and fields read with their limits.
#include "http/body.h"

#include <cstdint>
#include <string>

#include "agents/profile.h"
#include "core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    http::Body body(http::parse_json({reinterpret_cast<const char*>(data), size}));
    (void)agents::read_profile(body, true);
    (void)agents::read_profile(body, false);
    (void)body.integer("n", 0, 10);
    (void)body.number("n", 0, 10);
    (void)body.dump();
    body.check();
  } catch (const core::Error&) {
  }
  return 0;
}
