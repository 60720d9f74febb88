// Cursors: what is accepted reads back the same; and of those that are whole, pages take any numbers.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "core/error.h"
#include "http/page.h"

namespace {

void read_pages(const std::string& cursor) {
  http::Request request;
  request.arguments = {{"cursor", cursor}, {"limit", "5"}};
  try {
    http::Query query(request);
    (void)http::Page::read(query, "feed", 2);
    query.check();
  } catch (const core::Error&) {
  }
  try {
    http::Query query(request);
    auto page = http::RankedPage::read(query, "feed");
    query.check();
    for (std::int64_t id = 9; id > 0; --id) (void)page.wants(page.start_rank(), id);
    core::JsonWriter json;
    json.begin_object();
    page.write_next(json);
  } catch (const core::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto key = http::decode_cursor("feed", text)) {
    if (http::decode_cursor("feed", http::encode_cursor("feed", *key)) != key) std::abort();
  }
  read_pages(text);

  std::vector<std::int64_t> numbers(size / sizeof(std::int64_t));
  if (!numbers.empty()) std::memcpy(numbers.data(), data, numbers.size() * sizeof(std::int64_t));
  const auto cursor = http::encode_cursor("feed", numbers);
  if (http::decode_cursor("feed", cursor) != numbers) std::abort();
  if (http::decode_cursor("agents", cursor)) std::abort();
  read_pages(cursor);
  return 0;
}
