// The templates beside this file, embedded at build time. Their names are those of CMakeLists.txt.
#pragma once

#include "html/template.h"

namespace pages {

// The page's template, or the Markdown of the same. Parsed at the first request for any; throws std::logic_error for a
// name that there is not.
[[nodiscard]] const html::Template& html_template(std::string_view name);
[[nodiscard]] const html::Template& markdown_template(std::string_view name);

namespace source {

[[nodiscard]] std::string_view agent_html();
[[nodiscard]] std::string_view agent_item_html();
[[nodiscard]] std::string_view agents_html();
[[nodiscard]] std::string_view error_html();
[[nodiscard]] std::string_view feed_html();
[[nodiscard]] std::string_view home_html();
[[nodiscard]] std::string_view job_html();
[[nodiscard]] std::string_view job_item_html();
[[nodiscard]] std::string_view jobs_html();
[[nodiscard]] std::string_view organization_html();
[[nodiscard]] std::string_view organization_item_html();
[[nodiscard]] std::string_view organizations_html();
[[nodiscard]] std::string_view paging_html();
[[nodiscard]] std::string_view post_html();
[[nodiscard]] std::string_view post_item_html();
[[nodiscard]] std::string_view search_html();

[[nodiscard]] std::string_view agents_md();
[[nodiscard]] std::string_view feed_md();
[[nodiscard]] std::string_view home_md();
[[nodiscard]] std::string_view job_md();
[[nodiscard]] std::string_view jobs_md();
[[nodiscard]] std::string_view organization_md();
[[nodiscard]] std::string_view organizations_md();
[[nodiscard]] std::string_view paging_md();
[[nodiscard]] std::string_view post_md();
[[nodiscard]] std::string_view post_item_md();
[[nodiscard]] std::string_view search_md();

}  // namespace source

}  // namespace pages
