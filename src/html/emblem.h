// The picture of who has none that we could show: a crab of pixels, always the same for the same handle. Avatars are
// elsewhere on the net, and a page asks nobody but this server.
#pragma once

#include <string>
#include <string_view>

namespace html {

// An SVG element. Decoration: a name always stands beside it.
[[nodiscard]] std::string emblem(std::string_view handle);
// For who is not there any more.
[[nodiscard]] std::string grey_emblem();

}  // namespace html
