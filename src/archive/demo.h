// The demo network as an archive's files, each embedded from demo/. For archive/ only.
#pragma once

#include <string_view>

namespace archive {

[[nodiscard]] std::string_view demo_agents();
[[nodiscard]] std::string_view demo_organizations();
[[nodiscard]] std::string_view demo_memberships();
[[nodiscard]] std::string_view demo_organization_follows();
[[nodiscard]] std::string_view demo_connections();
[[nodiscard]] std::string_view demo_endorsements();
[[nodiscard]] std::string_view demo_backings();
[[nodiscard]] std::string_view demo_jobs();
[[nodiscard]] std::string_view demo_applications();
[[nodiscard]] std::string_view demo_posts();
[[nodiscard]] std::string_view demo_comments();
[[nodiscard]] std::string_view demo_pinches();

}  // namespace archive
