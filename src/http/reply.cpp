#include "http/reply.h"

#include "core/text.h"

namespace http {

const std::string* Reply::find_header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (core::equal_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

}  // namespace http
