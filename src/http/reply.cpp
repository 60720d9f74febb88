#include "http/reply.h"

#include "core/text.h"

namespace http {

const std::string* Reply::find_header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (core::equal_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

Reply Reply::copy_with_room(std::size_t more_headers) const {
  Reply copy{.status = status, .content_type = content_type, .body = body, .delivery = delivery, .detail = detail};
  copy.headers.reserve(headers.size() + more_headers);
  copy.headers.insert(copy.headers.end(), headers.begin(), headers.end());
  return copy;
}

}  // namespace http
