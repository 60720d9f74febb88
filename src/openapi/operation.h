// One operation of the document: what is asked for, and every answer there can be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "openapi/document.h"

namespace openapi {

// The lines of one method and path, one for each representation; at least one.
using Lines = std::vector<const http::Route*>;

// Under which heading a route is listed.
struct Tag {
  std::string_view name;
  std::string_view description;
};
[[nodiscard]] const std::vector<Tag>& tags();
[[nodiscard]] std::string_view tag_of(std::string_view pattern);

[[nodiscard]] Json operation(const Lines& lines);
// Parameters, headers and error answers that operations share.
[[nodiscard]] Json shared_components();

}  // namespace openapi
