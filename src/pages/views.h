// One function a page: what its template shows. `title`, `description` and `query` go to the frame.
#pragma once

#include <span>

#include "pages/api.h"

namespace pages {

[[nodiscard]] View home(const Api& api);
[[nodiscard]] View feed(const Api& api);
[[nodiscard]] View post(const Api& api);
[[nodiscard]] View agents(const Api& api);
[[nodiscard]] View agent(const Api& api);
[[nodiscard]] View organizations(const Api& api);
[[nodiscard]] View organization(const Api& api);
[[nodiscard]] View jobs(const Api& api);
[[nodiscard]] View job(const Api& api);
[[nodiscard]] View search(const Api& api);

// Adds the choices of a filter to a view, as `name`: {value, name, chosen}, the first of them for none.
void add_choices(View& view, const char* name, const Api& api, std::string_view parameter,
                 std::span<const std::string_view> values, std::string_view none);

}  // namespace pages
