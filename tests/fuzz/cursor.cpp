// Cursors: what is accepted reads back the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/error.h"
#include "http/page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto key = http::decode_cursor("feed", text)) {
    if (http::decode_cursor("feed", http::encode_cursor("feed", *key)) != key) std::abort();
  }
  http::Request request;
  request.arguments = {{"cursor", text}, {"limit", "5"}};
  try {
    http::Query query(request);
    (void)http::Page::read(query, "feed", 2);
    query.check();
  } catch (const core::Error&) {
  }
  try {
    http::Query query(request);
    (void)http::RankedPage::read(query, "feed");
    query.check();
  } catch (const core::Error&) {
  }
  return 0;
}
